import { createHash } from 'node:crypto';
import { TRACKING_COLUMNS, type TrackingCells } from '../../row/index.ts';
import type { CsvMark, CsvStep } from '../ledger.ts';

/** Bytes of a digest that are kept. */
const DIGEST_LENGTH = 12;

/** Rewrites that are kept for others to follow; who is further behind reads the file. */
export const STEPS_KEPT = 64;

/** By it cells are known again that were once written. */
export function digestOf(cells: TrackingCells): Buffer {
  const hash = createHash('sha256');
  for (const column of TRACKING_COLUMNS) hash.update(cells[column]).update('\0');
  return hash.digest().subarray(0, DIGEST_LENGTH);
}

/** The steps that lead on from this file, of those that are known, in their order. */
export function stepsAfter(mark: CsvMark, known: readonly CsvStep[]): readonly CsvStep[] {
  const steps: CsvStep[] = [];
  let at = mark;
  for (const step of known) {
    if (step.before !== at) continue;
    steps.push(step);
    at = step.after;
  }
  return steps;
}
