import type { FailedDownload } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { counted, shellWord, TYPE_NAMES } from './words.ts';
import { brief, wrapText } from './wrap.ts';

/** Columns of the terminal that a person's name takes at most. */
const MAX_NAME = 200;
const MIN_NAME = 10;
const MAX_MESSAGE = 500;
const INDENT = ' '.repeat(6);

type Shown = Pick<FailedDownload, 'rowId' | 'name' | 'downloadType' | 'message' | 'nextStep'>;

/** Failures grouped by what mends them: one next step, then the rows that it is for. */
export function renderFailures(failures: readonly Shown[], { out, width }: Terminal): string {
  if (failures.length === 0) return 'Nothing has failed.';
  const line = (text: string, indent = '') => wrapText(text, { width: width.out, indent });
  const longest = Math.min(MAX_NAME, Math.max(width.out - INDENT.length - ','.length, MIN_NAME));
  const groups = Map.groupBy(failures, ({ nextStep }) => nextStep);
  const parts = [...groups].map(([nextStep, group]) =>
    [
      line(`${out.yellow(counted(group.length, 'download'))}: ${nextStep}`),
      ...group.map(({ rowId, name, downloadType, message }) => {
        const who = [out.bold(brief(rowId, longest)), brief(name, longest)]
          .filter((word) => word.trim() !== '')
          .join(' ');
        return line(`  ${who}, ${TYPE_NAMES[downloadType]}: ${out.dim(brief(message, MAX_MESSAGE))}`, INDENT);
      }),
    ].join('\n'),
  );
  return parts.join('\n\n');
}

type Judged = Pick<FailedDownload, 'status' | 'permanent' | 'attempts' | 'category'>;

/** Whether the next run takes it up, at once or later. */
export function isTriedAgain({ status, permanent, attempts }: Judged, retryAttempts: number): boolean {
  return status === 'pending' || (!permanent && attempts < retryAttempts);
}

/** What gives attempts anew to downloads that have used them up; null where there are none. What nothing can mend is left alone. */
export function retryCommand(failures: readonly Judged[], csv: string, retryAttempts: number): string | null {
  const usedUp = failures.find((failure) => !failure.permanent && !isTriedAgain(failure, retryAttempts));
  if (usedUp === undefined) return null;
  const chosen = failures.some(({ permanent }) => permanent) ? ` --category ${usedUp.category}` : '';
  return `rowtrail retry ${csv}${chosen}`;
}

/**
 * The same with what to do once the causes are mended.
 * @param retryAttempts after so many a run gives a failed download up
 */
export function renderFailed(
  failures: readonly FailedDownload[],
  csvPath: string,
  retryAttempts: number,
  terminal: Terminal,
): string {
  const shown = renderFailures(failures, terminal);
  if (failures.length === 0) return shown;
  const csv = safe(shellWord(csvPath));
  const run = `rowtrail run ${csv}`;
  const retry = retryCommand(failures, csv, retryAttempts);
  const steps = failures.some(({ permanent }) => permanent)
    ? `rowtrail reset ${csv} ROW_ID for what you have mended, then ${run}`
    : retry === null
      ? run
      : `${retry}, then ${run}`;
  return `${shown}\n\n${wrapText(`${terminal.out.dim('Next:')} ${steps}`, { width: terminal.width.out })}`;
}
