import { createHash } from 'node:crypto';
import { TRACKING_COLUMNS, type TrackingCells } from '../../row/index.ts';
import type { CsvMark, CsvStep, ProjectedRow } from '../ledger.ts';
import type { Statements } from './statements.ts';

/** Bytes of a digest that are kept. */
const DIGEST_LENGTH = 12;

/** Rewrites that are kept for others to follow; who is further behind reads the file. */
const STEPS_KEPT = 64;

/** What the CSV shows, and once showed. */
export class Projections {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  wasProjected(rowId: string, cells: TrackingCells): boolean {
    return (
      this.#statements
        .sql('SELECT 1 FROM projection WHERE row_id = ? AND digest = ?')
        .get(rowId, digestOf(cells)) !== undefined
    );
  }

  markProjected(rows: readonly ProjectedRow[], mark: CsvMark | null, step: CsvStep | null = null): void {
    for (const { rowId, seq, cells, blocked } of rows) {
      this.#statements
        .sql(
          `UPDATE csv_row SET projected_seq = max(projected_seq, ?), projected = coalesce(?, projected), blocked = ? WHERE row_id = ?`,
        )
        .run(seq, cells && JSON.stringify(cells), blocked, rowId);
      if (cells)
        this.#statements
          .sql('INSERT OR IGNORE INTO projection (row_id, digest) VALUES (?, ?)')
          .run(rowId, digestOf(cells));
    }
    if (mark !== null) this.#statements.setMeta('csv_mark', mark);
    if (step !== null) this.#putStep(step);
  }

  #putStep({ before, after, change }: CsvStep): void {
    const { lastInsertRowid } = this.#statements
      .sql('INSERT INTO csv_step (before, after, change) VALUES (?, ?, ?)')
      .run(before, after, change);
    this.#statements.sql('DELETE FROM csv_step WHERE id <= ?').run(Number(lastInsertRowid) - STEPS_KEPT);
  }

  stepsFrom(mark: CsvMark): readonly CsvStep[] {
    const known = this.#statements
      .sql(
        `SELECT before, after, change FROM csv_step
         WHERE id >= (SELECT max(id) FROM csv_step WHERE before = ?) ORDER BY id`,
      )
      .all(mark) as CsvStep[];
    const steps: CsvStep[] = [];
    let at = mark;
    for (const step of known) {
      if (step.before !== at) continue;
      steps.push(step);
      at = step.after;
    }
    return steps;
  }

  csvMark(): CsvMark | null {
    return this.#statements.meta('csv_mark');
  }
}

function digestOf(cells: TrackingCells): Buffer {
  const hash = createHash('sha256');
  for (const column of TRACKING_COLUMNS) hash.update(cells[column]).update('\0');
  return hash.digest().subarray(0, DIGEST_LENGTH);
}
