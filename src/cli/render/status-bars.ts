import type { DownloadType } from '../../index.ts';
import type { Terminal } from '../terminal.ts';
import { barText } from './bar-text.ts';
import { TYPE_NAMES } from './words.ts';

export interface BarCounts {
  readonly completed: number;
  readonly failed: number;
  readonly pending: number;
}

const MAX_BAR = 40;
const NAME = Math.max(...Object.values(TYPE_NAMES).map(({ length }) => length));
/** Columns of ` 100 % completed` and the gaps. */
const AROUND = NAME + 2 + 17;

/**
 * A bar for each type that has downloads: what is completed, what failed, and what is left. Only on a terminal; a file or a
 * pipe has the numbers.
 */
export function statusBars(
  counts: Readonly<Record<DownloadType, BarCounts>>,
  { out, width }: Terminal,
): readonly string[] {
  if (width.out === Infinity) return [];
  const size = Math.max(Math.min(width.out - AROUND, MAX_BAR), 4);
  return (['youtube', 'drive'] as const).flatMap((type) => {
    const { completed, failed, pending } = counts[type];
    const all = completed + failed + pending;
    if (all === 0) return [];
    const bar = barText([completed / all, failed / all], size, [out.green, out.red]);
    // Rounded down: 100 % is said when it is so.
    const percent = `${Math.floor((completed / all) * 100)}`.padStart(3);
    return [`${TYPE_NAMES[type].padEnd(NAME)}  ${bar} ${percent} % completed`];
  });
}
