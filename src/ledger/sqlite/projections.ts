import type { TrackingCells } from '../../row/index.ts';
import type { CsvMark, CsvStep, ProjectedRow } from '../ledger.ts';
import { digestOf, stepsAfter, STEPS_KEPT } from '../recording/projection-facts.ts';
import type { Statements } from './statements.ts';

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
    return stepsAfter(mark, known);
  }

  csvMark(): CsvMark | null {
    return this.#statements.meta('csv_mark');
  }
}
