import {
  type CsvIndex,
  type CsvRow,
  type CsvSnapshot,
  type FileIdentity,
  sameIdentity,
} from '../csv/index.ts';
import type { Ledger, LedgerRow, ProjectedRow } from '../ledger/index.ts';
import type { DownloadType, TrackingCells } from '../row/index.ts';
import type { ChangeLog } from './change-log.ts';
import { cellsFor, decideMerge, isSamePerson, isUntouched, sameCells } from './merge.ts';

/** What one write-back does: cells to write by row position, and what the ledger is told afterwards. */
export interface ProjectionPlan {
  readonly edits: ReadonlyMap<number, TrackingCells>;
  readonly shown: readonly ProjectedRow[];
  readonly report: ProjectionReport;
  /** The last row of a part, where there are more; null when the plan goes to the end. */
  readonly next: LedgerRow | null;
  /** Whether CSV and ledger are in step once the plan is carried out. */
  readonly compared: boolean;
}

/** Where the next part of a projection begins, as long as the CSV is the file that the last part left. */
export interface ProjectionCursor {
  readonly after: LedgerRow;
  readonly identity: FileIdentity;
}

export interface ProjectionTask {
  /** Whether the CSV is another file than the one that the ledger was last brought together with. */
  readonly foreign: boolean;
  /** Where an earlier part ended; without one, or when the CSV changed since, it begins at the first row. */
  readonly cursor: ProjectionCursor | null;
  /** Where it is written down what a person reset. */
  readonly changes: ChangeLog;
}

/** What a person should hear about a write-back; of each kind the first {@link MOST_REPORTED}. */
export interface ProjectionReport {
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
  /** How many there are beyond those that are listed. */
  readonly more: number;
}

/** Rows of each kind that a report lists: somebody who put another CSV in the place of a million rows reads no more. */
const MOST_REPORTED = 1000;
/** Rows asked of the ledger at once. */
const PAGE = 250;
/** Rows that are held at a time, so that the memory of a projection does not grow with the CSV. */
const MOST_HELD = 10_000;
/** Leading zeros that a row_id is looked for with. */
const MOST_ZEROS = 12;

/**
 * Compares ledger and CSV. While the CSV is the file that we wrote, only rows that changed in the ledger can differ;
 * after anybody else wrote it, every row that the ledger knows is looked at.
 */
export async function planProjection(
  snapshot: CsvSnapshot,
  ledger: Ledger,
  { foreign, cursor, changes }: ProjectionTask,
): Promise<ProjectionPlan> {
  const plan = new PlanBuilder(snapshot, ledger, foreign, changes);
  const goesOn = cursor !== null && sameIdentity(cursor.identity, snapshot.index.identity);
  for (let last: LedgerRow | null = goesOn ? cursor.after : null; ;) {
    const page: readonly LedgerRow[] = foreign
      ? await ledger.rowsAfter(last?.rowId ?? null, PAGE)
      : await ledger.unprojected(last?.seq ?? 0, PAGE);
    await plan.addAll(page);
    last = page.at(-1) ?? null;
    if (page.length < PAGE) return plan.build(null);
    if (plan.size >= MOST_HELD) return plan.build(last);
  }
}

class PlanBuilder {
  readonly #snapshot: CsvSnapshot;
  readonly #ledger: Ledger;
  readonly #foreign: boolean;
  readonly #changes: ChangeLog;
  readonly #edits = new Map<number, TrackingCells>();
  readonly #shown: ProjectedRow[] = [];
  readonly #renamed: { from: string; to: string }[] = [];
  readonly #overruled: string[] = [];
  readonly #blocked: { rowId: string; reason: string }[] = [];
  readonly #reset: { rowId: string; downloadType: DownloadType; reason: 'link' | 'by_hand' }[] = [];
  #more = 0;

  constructor(snapshot: CsvSnapshot, ledger: Ledger, foreign: boolean, changes: ChangeLog) {
    this.#snapshot = snapshot;
    this.#ledger = ledger;
    this.#foreign = foreign;
    this.#changes = changes;
  }

  /** Rows that the plan holds. */
  get size(): number {
    return this.#shown.length;
  }

  /** Adds a page of rows; they are read in file order, as they stand there and not as the ledger has them. */
  async addAll(page: readonly LedgerRow[]): Promise<void> {
    const { index } = this.#snapshot;
    const byPosition = new Map<number, LedgerRow>();
    for (const known of page) {
      const isThere = index.findRow(known.rowId) >= 0;
      const row = isThere ? known : await this.#underItsName(known);
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
    const isEdited = !sameCells(cells, csv.tracking);
    if (isEdited) this.#edits.set(csv.index, cells);
    if (merged.projected === null && !isUntouched(csv.tracking))
      this.#shown.push({ rowId: row.rowId, seq: 0, cells: csv.tracking, blocked: null });
    if (isEdited || !isKnown(merged, cells, blocked))
      this.#shown.push({ rowId: row.rowId, seq: merged.seq, cells, blocked });
    return undefined;
  }

  /**
   * The row under the row_id that the CSV has for it now: a spreadsheet turns `007` into `7`, and back when the column is
   * formatted as text. Taken for the same row only when type, e-mail and every known link are the same.
   */
  async #underItsName(row: LedgerRow): Promise<LedgerRow> {
    for (const rowId of withOtherZeros(row.rowId, this.#snapshot.index)) {
      const csv = await this.#snapshot.readRow(this.#snapshot.index.findRow(rowId));
      if (!isSamePerson(row, csv) || (await this.#ledger.row(rowId)) !== null) continue;
      await this.#ledger.renameRow(row.rowId, rowId);
      await this.#changes.renamed(row.rowId, rowId);
      this.#tell(this.#renamed, { from: row.rowId, to: rowId });
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
    if (!ours && resets.length === 0 && row.projected !== null) this.#tell(this.#overruled, row.rowId);
    if (resets.length === 0 && links.length === 0) return { blocked, merged: row };
    const { rowId, type, name, email } = csv.context;
    for (const { downloadType, reason } of resets) {
      const link = csv.links[downloadType];
      const generation = await this.#ledger.reset({ rowId, type, name, email }, downloadType, link);
      await this.#changes.resets([{ rowId, rowType: type, downloadType, generation, link }]);
      this.#tell(this.#reset, { rowId, downloadType, reason });
    }
    await this.#ledger.setLinks(
      links.map(({ downloadType, link }) => ({ key: { rowId, downloadType }, link })),
    );
    return { blocked, merged: await this.#ledger.row(rowId) };
  }

  /** Whether the row's tracking cells are some projection of ours, the present one or an earlier, and not a person's edit. */
  async #isOurs(row: LedgerRow, csv: CsvRow): Promise<boolean> {
    if (!this.#foreign || isUntouched(csv.tracking)) return true;
    if (sameCells(cellsFor(row, csv), csv.tracking)) return true;
    return this.#ledger.wasProjected(row.rowId, csv.tracking);
  }

  #block(row: LedgerRow, reason: string): void {
    this.#report(row, reason);
    if (row.blocked !== reason || row.seq !== row.projectedSeq)
      this.#shown.push({ rowId: row.rowId, seq: row.seq, cells: null, blocked: reason });
  }

  /** Once is enough: what was said before is not news. */
  #report({ rowId, blocked }: LedgerRow, reason: string): void {
    if (blocked !== reason) this.#tell(this.#blocked, { rowId, reason });
  }

  #tell<Entry>(list: Entry[], entry: Entry): void {
    if (list.length < MOST_REPORTED) list.push(entry);
    else this.#more++;
  }

  build(next: LedgerRow | null): ProjectionPlan {
    return {
      edits: this.#edits,
      shown: this.#shown,
      report: {
        blocked: this.#blocked,
        renamed: this.#renamed,
        overruled: this.#overruled,
        reset: this.#reset,
        more: this.#more,
      },
      next,
      compared: !this.#foreign || next === null,
    };
  }
}

/** Whether the ledger has it down already that the row shows these cells. */
function isKnown(
  { seq, projectedSeq, projected, blocked }: LedgerRow,
  cells: TrackingCells,
  now: string | null,
) {
  return seq === projectedSeq && blocked === now && projected !== null && sameCells(projected, cells);
}

/** The row_ids of the CSV that differ from this one in leading zeros alone. */
function withOtherZeros(rowId: string, index: CsvIndex): string[] {
  const digits = /^0*(\d+)$/.exec(rowId)?.[1];
  if (digits === undefined) return [];
  const candidates = Array.from({ length: MOST_ZEROS }, (_, zeros) => '0'.repeat(zeros) + digits);
  return candidates.filter((each) => each !== rowId && index.findRow(each) >= 0);
}
