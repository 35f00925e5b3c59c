import type { CsvIndex, CsvRow, CsvSnapshot, FileIdentity } from '../csv/index.ts';
import type { CsvMark, Ledger, LedgerRow, ProjectedRow } from '../ledger/index.ts';
import type { DownloadType, TrackingCells } from '../row/index.ts';
import { cellsFor, decideMerge, isSamePerson, sameCells } from './merge.ts';

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
  /** Rows that had lost the leading zeros of their row_id (a spreadsheet does that), recognised by everything else. */
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  /** Rows whose tracking cells a person had changed in a way that means nothing; they show the ledger again. */
  readonly overruled: readonly string[];
  /** Downloads that a person's edit made pending again. */
  readonly reset: readonly {
    readonly rowId: string;
    readonly downloadType: DownloadType;
    readonly reason: 'link' | 'by_hand';
  }[];
}

export const NO_PROJECTION: ProjectionReport = {
  written: 0,
  blocked: [],
  renamed: [],
  overruled: [],
  reset: [],
};

/** Rows asked of the ledger at once. */
const PAGE = 2000;
/** Leading zeros that a row_id is looked for with. */
const MOST_ZEROS = 12;

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
  for (let last: LedgerRow | undefined; ;) {
    const page: readonly LedgerRow[] = foreign
      ? await ledger.rowsAfter(last?.rowId ?? null, PAGE)
      : await ledger.unprojected(last?.seq ?? 0, PAGE);
    await plan.addAll(page);
    last = page.at(-1);
    if (page.length < PAGE) return plan.build();
  }
}

class PlanBuilder {
  readonly #snapshot: CsvSnapshot;
  readonly #ledger: Ledger;
  readonly #foreign: boolean;
  readonly #edits = new Map<number, TrackingCells>();
  readonly #shown: ProjectedRow[] = [];
  readonly #renamed: { from: string; to: string }[] = [];
  readonly #overruled: string[] = [];
  readonly #blocked: { rowId: string; reason: string }[] = [];
  readonly #reset: { rowId: string; downloadType: DownloadType; reason: 'link' | 'by_hand' }[] = [];

  constructor(snapshot: CsvSnapshot, ledger: Ledger, foreign: boolean) {
    this.#snapshot = snapshot;
    this.#ledger = ledger;
    this.#foreign = foreign;
  }

  /** Adds a page of rows; they are read in file order, as they stand there and not as the ledger has them. */
  async addAll(page: readonly LedgerRow[]): Promise<void> {
    const { index } = this.#snapshot;
    const byPosition = new Map<number, LedgerRow>();
    for (const known of page) {
      const row = await this.#underItsName(known);
      const position = index.findRow(row.rowId);
      if (position < 0) this.#block(row, 'csv_row_gone');
      else if (index.isTooLong(position)) this.#block(row, 'row_too_long');
      else byPosition.set(position, row);
    }
    for await (const csv of this.#snapshot.readRows([...byPosition.keys()])) {
      const row = byPosition.get(csv.index);
      if (row !== undefined) await this.#add(row, csv);
    }
  }

  async #add(row: LedgerRow, csv: CsvRow): Promise<void> {
    const { blocked, merged } = await this.#merge(row, csv);
    if (merged === null) return this.#block(row, blocked ?? 'csv_row_gone');
    if (blocked !== null) this.#report(row, blocked);
    const cells = cellsFor(merged, csv);
    if (merged.projected === null)
      this.#shown.push({ rowId: row.rowId, seq: 0, cells: csv.tracking, blocked: null });
    this.#shown.push({ rowId: row.rowId, seq: merged.seq, cells, blocked });
    if (!sameCells(cells, csv.tracking)) this.#edits.set(csv.index, cells);
    return undefined;
  }

  /**
   * The row under the row_id that the CSV has for it now: a spreadsheet turns `007` into `7`, and back when the column is
   * formatted as text. Taken for the same row only when type, e-mail and every known link are the same.
   */
  async #underItsName(row: LedgerRow): Promise<LedgerRow> {
    if (this.#snapshot.index.findRow(row.rowId) >= 0) return row;
    for (const rowId of withOtherZeros(row.rowId, this.#snapshot.index)) {
      const csv = await this.#snapshot.readRow(this.#snapshot.index.findRow(rowId));
      if (!isSamePerson(row, csv) || (await this.#ledger.row(rowId)) !== null) continue;
      await this.#ledger.renameRow(row.rowId, rowId);
      this.#renamed.push({ from: row.rowId, to: rowId });
      return (await this.#ledger.row(rowId)) ?? row;
    }
    return row;
  }

  /** Takes a person's edits of the row into the ledger. @returns the row after that, null when nothing may be written. */
  async #merge(
    row: LedgerRow,
    csv: CsvRow,
  ): Promise<{ readonly blocked: string | null; readonly merged: LedgerRow | null }> {
    const ours = await this.#isOurs(row, csv);
    const { blocked, resets, links } = decideMerge(row, csv, ours);
    if (blocked === 'type_mismatch' || blocked === 'other_person') return { blocked, merged: null };
    if (!ours && resets.length === 0 && row.projected !== null) this.#overruled.push(row.rowId);
    if (resets.length === 0 && links.length === 0) return { blocked, merged: row };
    const { rowId, type, name, email } = csv.context;
    for (const { downloadType, reason } of resets) {
      await this.#ledger.reset({ rowId, type, name, email }, downloadType, csv.links[downloadType]);
      this.#reset.push({ rowId, downloadType, reason });
    }
    await this.#ledger.setLinks(
      links.map(({ downloadType, link }) => ({ key: { rowId, downloadType }, link })),
    );
    return { blocked, merged: await this.#ledger.row(rowId) };
  }

  /** Whether the row's tracking cells are some projection of ours, the present one or an earlier, and not a person's edit. */
  async #isOurs(row: LedgerRow, csv: CsvRow): Promise<boolean> {
    if (!this.#foreign || sameCells(cellsFor(row, csv), csv.tracking)) return true;
    return this.#ledger.wasProjected(row.rowId, csv.tracking);
  }

  #block(row: LedgerRow, reason: string): void {
    this.#report(row, reason);
    this.#shown.push({ rowId: row.rowId, seq: row.seq, cells: null, blocked: reason });
  }

  /** Once is enough: what was said before is not news. */
  #report({ rowId, blocked }: LedgerRow, reason: string): void {
    if (blocked !== reason) this.#blocked.push({ rowId, reason });
  }

  build(): ProjectionPlan {
    return {
      edits: this.#edits,
      shown: this.#shown,
      report: {
        written: this.#edits.size,
        blocked: this.#blocked,
        renamed: this.#renamed,
        overruled: this.#overruled,
        reset: this.#reset,
      },
    };
  }
}

/** The row_ids of the CSV that differ from this one in leading zeros alone. */
function withOtherZeros(rowId: string, index: CsvIndex): string[] {
  const digits = /^0*(\d+)$/.exec(rowId)?.[1];
  if (digits === undefined) return [];
  const candidates = Array.from({ length: MOST_ZEROS }, (_, zeros) => '0'.repeat(zeros) + digits);
  return candidates.filter((each) => each !== rowId && index.findRow(each) >= 0);
}
