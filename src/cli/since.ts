import { RowtrailError } from '../index.ts';

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

/**
 * A moment as a person types it: `2h` and `3d` before now, `2026-11-22` from midnight of this machine, or an ISO time. Pure.
 * @returns ISO 8601, UTC
 * @throws RowtrailError `usage`
 */
export function parseSince(text: string, now: Date): string {
  const ago = /^(\d{1,6})\s*([mhdw])$/.exec(text.trim());
  const unit = ago?.[2];
  const at =
    ago?.[1] !== undefined && (unit === 'm' || unit === 'h' || unit === 'd' || unit === 'w')
      ? new Date(now.getTime() - Number(ago[1]) * UNITS[unit])
      : dateOf(text.trim());
  if (at === null || Number.isNaN(at.getTime()))
    throw new RowtrailError(
      'usage',
      `--since ${JSON.stringify(text)}: expected 2h, 3d or a date such as 2026-11-22`,
    );
  return at.toISOString();
}

function dateOf(text: string): Date | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  if (match === null) return null;
  const [, year, month, day] = match.map(Number);
  // 31 February would become a day of March.
  const asked = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day));
  if (asked.getUTCMonth() + 1 !== month || asked.getUTCDate() !== day) return null;
  return new Date(match[4] === undefined ? `${text}T00:00` : text.replace(' ', 'T'));
}
