import type { CsvRow, CsvSnapshot, FileIdentity } from '../csv/index.ts';
import type { CsvMark, Ledger, LedgerRow, ProjectedRow } from '../ledger/index.ts';
import type { DownloadType, TrackingCells } from '../row/index.ts';
import { cellsFor, decideMerge, sameCells } from './merge.ts';

/** What one write-back does: cells to write by row position, and what the ledger is told afterwards. */
export interface ProjectionPlan {
  readonly edits: ReadonlyMap<number, TrackingCells>;
  readonly shown: readonly ProjectedRow[];
  readonly report: ProjectionReport;
}

/** What a person should hear about a write-back. */
export interface ProjectionReport {
  readonly written: number;
  /** Rows that could not be written, and why. */
  readonly blocked: readonly { readonly rowId: string; readonly reason: string }[];
  /** Downloads that a person's edit made pending again. */
  readonly reset: readonly {
    readonly rowId: string;
    readonly downloadType: DownloadType;
    readonly reason: 'link' | 'by_hand';
  }[];
}

export const NO_PROJECTION: ProjectionReport = { written: 0, blocked: [], reset: [] };

/** Rows asked of the ledger at once. */
const PAGE = 2000;
const EVERYTHING = -1;

/** The text by which a ledger knows again the CSV file that it was last brought together with. */
export function markOf(identity: FileIdentity): CsvMark {
  return [identity.dev, identity.ino, identity.size, identity.mtimeNs, identity.ctimeNs].join(':');
}

/**
 * Compares ledger and CSV. While the CSV is the file that we wrote, only rows that changed in the ledger can differ;
 * after anybody else wrote it, every row that the ledger knows is looked at.
 */
export async function planProjection(snapshot: CsvSnapshot, ledger: Ledger): Promise<ProjectionPlan> {
  const foreign = (await ledger.csvMark()) !== markOf(snapshot.index.identity);
  const plan = new PlanBuilder(snapshot, ledger, foreign);
  let after: string | null = null;
  for (;;) {
    const rows: readonly LedgerRow[] = foreign
      ? await ledger.rowsAfter(after, PAGE)
      : await ledger.unprojected(EVERYTHING);
    for (const row of rows) await plan.add(row);
    if (!foreign || rows.length < PAGE) break;
    after = rows.at(-1)?.rowId ?? null;
  }
  return plan.build();
}

class PlanBuilder {
  readonly #snapshot: CsvSnapshot;
  readonly #ledger: Ledger;
  readonly #foreign: boolean;
  readonly #edits = new Map<number, TrackingCells>();
  readonly #shown: ProjectedRow[] = [];
  readonly #blocked: { rowId: string; reason: string }[] = [];
  readonly #reset: { rowId: string; downloadType: DownloadType; reason: 'link' | 'by_hand' }[] = [];

  constructor(snapshot: CsvSnapshot, ledger: Ledger, foreign: boolean) {
    this.#snapshot = snapshot;
    this.#ledger = ledger;
    this.#foreign = foreign;
  }

  async add(row: LedgerRow): Promise<void> {
    const position = this.#snapshot.index.findRow(row.rowId);
    if (position < 0) return this.#block(row, 'csv_row_gone');
    if (this.#snapshot.index.isTooLong(position)) return this.#block(row, 'row_too_long');
    const csv = await this.#snapshot.readRow(position);
    const merged = await this.#merge(row, csv);
    if (merged === null) return undefined;
    const cells = cellsFor(merged, csv);
    if (merged.projected === null)
      this.#shown.push({ rowId: row.rowId, seq: 0, cells: csv.tracking, blocked: null });
    this.#shown.push({ rowId: row.rowId, seq: merged.seq, cells, blocked: null });
    if (!sameCells(cells, csv.tracking)) this.#edits.set(position, cells);
    return undefined;
  }

  /** Takes a person's edits of the row into the ledger. @returns the row after that, or null when it may not be written. */
  async #merge(row: LedgerRow, csv: CsvRow): Promise<LedgerRow | null> {
    const { blocked, resets, links } = decideMerge(row, csv, await this.#isOurs(row, csv));
    if (blocked !== null) {
      this.#block(row, blocked);
      return null;
    }
    if (resets.length === 0 && links.length === 0) return row;
    const { rowId, type, name, email } = row;
    for (const { downloadType, reason } of resets) {
      await this.#ledger.reset({ rowId, type, name, email }, downloadType, csv.links[downloadType]);
      this.#reset.push({ rowId, downloadType, reason });
    }
    await this.#ledger.setLinks(
      links.map(({ downloadType, link }) => ({ key: { rowId, downloadType }, link })),
    );
    return this.#ledger.row(rowId);
  }

  /** Whether the row's tracking cells are some projection of ours, the present one or an earlier, and not a person's edit. */
  async #isOurs(row: LedgerRow, csv: CsvRow): Promise<boolean> {
    if (!this.#foreign || sameCells(cellsFor(row, csv), csv.tracking)) return true;
    return this.#ledger.wasProjected(row.rowId, csv.tracking);
  }

  #block({ rowId, seq }: LedgerRow, reason: string): void {
    this.#blocked.push({ rowId, reason });
    this.#shown.push({ rowId, seq, cells: null, blocked: reason });
  }

  build(): ProjectionPlan {
    return {
      edits: this.#edits,
      shown: this.#shown,
      report: { written: this.#edits.size, blocked: this.#blocked, reset: this.#reset },
    };
  }
}
