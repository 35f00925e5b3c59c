import type { ProgressTotals } from '../index.ts';
import { bytesText, clockText } from './render/words.ts';

/** `12/40  1.4 MB/s  3:20 left`. */
export function totalsText({ done, total, bytesPerSecond, etaSeconds }: ProgressTotals): string {
  return [
    `${done}/${total}`,
    bytesPerSecond === null ? '' : `${bytesText(bytesPerSecond)}/s`,
    etaSeconds === null || etaSeconds < 1 ? '' : `${clockText(etaSeconds)} left`,
  ]
    .filter((part) => part !== '')
    .join('  ');
}
