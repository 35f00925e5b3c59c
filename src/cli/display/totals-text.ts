import type { ProgressTotals } from '../../index.ts';
import { bytesText, clockText } from '../render/words.ts';

/** `12/40  2 failed  1.4 MB/s  3:20 left`. @param failed how many of those that are done, where that is worth a word */
export function totalsText({ done, total, bytesPerSecond, etaSeconds }: ProgressTotals, failed = 0): string {
  return [
    `${done}/${total}`,
    failed === 0 ? '' : `${failed} failed`,
    bytesPerSecond === null ? '' : `${bytesText(bytesPerSecond)}/s`,
    etaSeconds === null || etaSeconds < 1 ? '' : `${clockText(etaSeconds)} left`,
  ]
    .filter((part) => part !== '')
    .join('  ');
}
