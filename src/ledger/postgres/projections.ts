import type { TrackingCells } from '../../row/index.ts';
import type { CsvMark, CsvStep, ProjectedRow } from '../ledger.ts';
import { digestOf, stepsAfter, STEPS_KEPT } from '../recording/projection-facts.ts';
import type { Asking, Store } from './store.ts';
import { toStoredJson } from './safe-text.ts';

/** The list of projected rows, as a table. */
const GIVEN = `json_to_recordset($2::json) AS given (row_id text, seq bigint, projected text, digest text, blocked text)`;

/** What the CSV shows, and once showed. */
export class Projections {
  readonly #store: Store;
  readonly #csvId: number;

  constructor(store: Store, csvId: number) {
    this.#store = store;
    this.#csvId = csvId;
  }

  async wasProjected(rowId: string, cells: TrackingCells): Promise<boolean> {
    const found = await this.#store.rows(
      `SELECT 1 FROM rowtrail.projection WHERE csv_id = $1 AND row_id = $2 AND digest = decode($3, 'hex')`,
      [this.#csvId, rowId, digestOf(cells).toString('hex')],
    );
    return found.length > 0;
  }

  async markProjected(
    rows: readonly ProjectedRow[],
    mark: CsvMark | null,
    step: CsvStep | null = null,
  ): Promise<void> {
    await this.#store.transaction(async (ask) => {
      if (rows.length > 0) await this.#show(ask, rows);
      if (mark !== null)
        await ask.change(
          `INSERT INTO rowtrail.meta VALUES ($1, 'csv_mark', $2) ON CONFLICT (csv_id, key) DO UPDATE SET value = excluded.value`,
          [this.#csvId, mark],
        );
      if (step !== null) await this.#putStep(ask, step);
    });
  }

  async #show(ask: Asking, rows: readonly ProjectedRow[]): Promise<void> {
    const given = toStoredJson(
      rows.map(({ rowId, seq, cells, blocked }) => ({
        row_id: rowId,
        seq,
        blocked,
        projected: cells && JSON.stringify(cells),
        digest: cells && digestOf(cells).toString('hex'),
      })),
    );
    // In the order in which results are recorded, so that the two never wait for each other.
    await ask.rows(
      'SELECT 1 FROM rowtrail.csv_row WHERE csv_id = $1 AND row_id = ANY($2) ORDER BY row_id FOR UPDATE',
      [this.#csvId, rows.map(({ rowId }) => rowId)],
    );
    await ask.change(
      `UPDATE rowtrail.csv_row known SET projected_seq = greatest(known.projected_seq, given.seq),
         projected = coalesce(given.projected, known.projected), blocked = given.blocked
       FROM ${GIVEN} WHERE known.csv_id = $1 AND known.row_id = given.row_id`,
      [this.#csvId, given],
    );
    await ask.change(
      `INSERT INTO rowtrail.projection (csv_id, row_id, digest)
       SELECT $1, row_id, decode(digest, 'hex') FROM ${GIVEN} WHERE digest IS NOT NULL ON CONFLICT DO NOTHING`,
      [this.#csvId, given],
    );
  }

  async #putStep(ask: Asking, { before, after, change }: CsvStep): Promise<void> {
    await ask.change(
      'INSERT INTO rowtrail.csv_step (csv_id, before, after, change) VALUES ($1, $2, $3, $4)',
      [this.#csvId, before, after, change],
    );
    await ask.change(
      `DELETE FROM rowtrail.csv_step WHERE csv_id = $1 AND id <= (
         SELECT id FROM rowtrail.csv_step WHERE csv_id = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)`,
      [this.#csvId, STEPS_KEPT],
    );
  }

  async stepsFrom(mark: CsvMark): Promise<readonly CsvStep[]> {
    const known = await this.#store.rows<CsvStep>(
      `SELECT before, after, change FROM rowtrail.csv_step
       WHERE csv_id = $1 AND id >= (SELECT max(id) FROM rowtrail.csv_step WHERE csv_id = $1 AND before = $2) ORDER BY id`,
      [this.#csvId, mark],
    );
    return stepsAfter(mark, known);
  }

  async csvMark(): Promise<CsvMark | null> {
    const [found] = await this.#store.rows<{ readonly value: string }>(
      `SELECT value FROM rowtrail.meta WHERE csv_id = $1 AND key = 'csv_mark'`,
      [this.#csvId],
    );
    return found?.value ?? null;
  }
}
