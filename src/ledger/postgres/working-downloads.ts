import type { DownloadType } from '../../row/index.ts';
import type { FileTotals } from '../history.ts';
import type { RowIdentity } from '../ledger.ts';
import type { DownloadRecord } from '../recording/records.ts';
import type { DownloadStore, FoundRow } from '../recording/stores.ts';

/** A row as one transaction leaves it; `place` counts its changes from 1, in their order. */
export interface ChangedRow extends RowIdentity {
  readonly place: number;
  readonly isNew: boolean;
}

/** Rows and their downloads that one transaction may change: as they were fetched, and what becomes of them. */
export class WorkingDownloads implements DownloadStore {
  readonly #rows = new Map<string, RowIdentity>();
  readonly #downloads = new Map<string, DownloadRecord>();
  readonly #renamed: ReadonlyMap<string, string>;
  readonly #known: ReadonlySet<string>;
  readonly #changedRows = new Map<string, number>();
  readonly #changedDownloads = new Set<string>();
  readonly #totals = new Map<DownloadType, FileTotals>();
  #changes = 0;

  /** @param renamed what rows are called now, by the row_id of before */
  constructor(
    rows: readonly RowIdentity[],
    downloads: readonly DownloadRecord[],
    renamed: ReadonlyMap<string, string>,
  ) {
    for (const row of rows) this.#rows.set(row.rowId, row);
    this.#known = new Set(this.#rows.keys());
    for (const download of downloads)
      this.#downloads.set(keyOf(download.row_id, download.download_type), download);
    this.#renamed = renamed;
  }

  get(rowId: string, downloadType: DownloadType): DownloadRecord | undefined {
    return this.#downloads.get(keyOf(rowId, downloadType));
  }

  put(record: DownloadRecord, before: DownloadRecord | undefined): void {
    const key = keyOf(record.row_id, record.download_type);
    this.#downloads.set(key, record);
    this.#changedDownloads.add(key);
    const files = record.file_count - (before?.file_count ?? 0);
    const bytes = record.bytes - (before?.bytes ?? 0);
    if (files === 0 && bytes === 0) return;
    const added = this.#totals.get(record.download_type) ?? { files: 0, bytes: 0 };
    this.#totals.set(record.download_type, { files: added.files + files, bytes: added.bytes + bytes });
  }

  find(row: RowIdentity): FoundRow {
    const before = this.#rows.get(row.rowId);
    const rowId = before === undefined ? this.#renamed.get(row.rowId) : undefined;
    if (rowId === undefined) return { row, before };
    return { row: { ...row, rowId }, before: this.#rows.get(rowId) };
  }

  identify({ rowId, type, name, email }: RowIdentity): void {
    this.#rows.set(rowId, { rowId, type, name, email });
    this.#changedRows.set(rowId, ++this.#changes);
  }

  touch(rowId: string): void {
    if (this.#rows.has(rowId)) this.#changedRows.set(rowId, ++this.#changes);
  }

  /** How many numbers of change the transaction takes. */
  get changes(): number {
    return this.#changes;
  }

  changedRows(): readonly ChangedRow[] {
    const changed: ChangedRow[] = [];
    for (const [rowId, place] of this.#changedRows) {
      const row = this.#rows.get(rowId);
      if (row !== undefined) changed.push({ ...row, place, isNew: !this.#known.has(rowId) });
    }
    return changed;
  }

  changedDownloads(): readonly DownloadRecord[] {
    return Array.from(this.#changedDownloads, (key) => this.#downloads.get(key)).filter(
      (record) => record !== undefined,
    );
  }

  /** What is added to the sums of files, by type. */
  addedTotals(): readonly (FileTotals & { readonly download_type: DownloadType })[] {
    return Array.from(this.#totals, ([download_type, total]) => ({ download_type, ...total }));
  }
}

function keyOf(rowId: string, downloadType: string): string {
  return `${downloadType} ${rowId}`;
}
