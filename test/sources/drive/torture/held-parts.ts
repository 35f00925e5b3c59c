import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { STAGING_FOLDER } from '../../../../src/files/index.ts';
import { attemptName } from '../../../../src/files/staging.ts';
import { readRecord } from '../../../../src/sources/drive/transfer/part-record.ts';
import { gapsOf, type Range } from '../../../../src/sources/drive/transfer/ranges.ts';
import type { Request } from './deliveries.ts';

/** What was in staging of a file when the client was killed, by the client's own record. */
export interface HeldPart {
  readonly path: string;
  readonly size: number;
  /** Which of the client's lives ended then. */
  readonly life: number;
  readonly ranges: readonly Range[];
}

/** @param links each file's link, by its number, which is its row_id as well */
export async function heldParts(
  out: string,
  links: readonly string[],
  life: number,
): Promise<readonly HeldPart[]> {
  const found: HeldPart[] = [];
  for (const [number, link] of links.entries()) {
    const dir = join(
      out,
      STAGING_FOLDER,
      attemptName({ rowId: String(number), downloadType: 'drive', link }),
    );
    const names = await readdir(dir).catch(() => []);
    for (const name of names.filter((path) => path.endsWith('.part'))) {
      const record = await readRecord(join(dir, name.replace(/\.part$/, '.json')));
      const size = record?.facts.size ?? null;
      if (record === null || size === null) continue;
      const ranges = record.ranges ?? [{ start: 0, end: (await stat(join(dir, name))).size }];
      if (ranges.some(({ start, end }) => end > start))
        found.push({ path: new URL(link).pathname, size, life, ranges });
    }
  }
  return found;
}

/**
 * Whether a file goes on after a kill where it stood: the first request of the next life begins with the first byte that is
 * missing, or with the last one where none is.
 * @returns a sentence where it does not
 */
export function notContinued(held: HeldPart, requests: readonly Request[]): string | null {
  const [gap = { start: held.size - 1, end: held.size }] = gapsOf(held.ranges, held.size);
  const next = requests.find(({ path, life }) => path === held.path && life > held.life);
  if (next === undefined || next.range?.start === gap.start) return null;
  const asked = next.range === null ? 'as a whole' : `from ${next.range.start}`;
  return `${held.path}: the first byte missing after life ${held.life} was ${gap.start}, and it was asked for ${asked}`;
}
