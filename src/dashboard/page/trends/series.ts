import type { TrendSeries } from '../../contract.ts';
import { bytes, count } from '../words/numbers.ts';

export interface Line {
  readonly key: 'pending' | 'completed' | 'failed' | 'diskBytes';
  readonly words: string;
  /** The colour's name among the styles. */
  readonly colour: string;
  readonly dash: readonly number[];
  readonly value: (value: number) => string;
}

/** The lines differ by their dashes, too, not by colour alone. */
export const DOWNLOADS: readonly Line[] = [
  { key: 'completed', words: 'Completed', colour: '--completed', dash: [], value: count },
  { key: 'pending', words: 'To do', colour: '--pending', dash: [6, 4], value: count },
  { key: 'failed', words: 'Failed', colour: '--failed', dash: [2, 3], value: count },
];
export const DISK: readonly Line[] = [
  { key: 'diskBytes', words: 'Disk used', colour: '--downloading', dash: [], value: bytes },
];

/** At most so many of the points of a series, the first and the last among them. */
export function thinned(series: TrendSeries, most: number): readonly number[] {
  const { length } = series.at;
  if (length <= most) return series.at.map((_, index) => index);
  return Array.from({ length: most }, (_, step) => Math.round((step * (length - 1)) / (most - 1)));
}
