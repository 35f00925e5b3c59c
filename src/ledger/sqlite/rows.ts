import { DOWNLOAD_STATUSES, DOWNLOAD_TYPES, type DownloadKey } from '../../row/index.ts';
import type { LedgerRow } from '../ledger.ts';
import { STATUS_OF_RUN, STATUS_PERMANENT, STATUS_TRANSCRIPT, type StatusPage } from '../status-page.ts';
import { type CsvRowRecord, type DownloadRecord, toLedgerRow } from './records.ts';
import type { Statements } from './statements.ts';

/** A download's status as the query gives it: all small numbers in one, because each value costs on its way out of SQLite. */
type StatusRow = readonly [rowId: string, packed: number, notBefore: string | null];

const MOST_ATTEMPTS = 0xffff;
/** Bits of the packed number, from the lowest: download type, status, flags, attempts. */
const TYPE_BITS = 1;
const STATUS_BITS = 2;
const FLAG_BITS = 3;
const STATUS_SHIFT = TYPE_BITS;
const FLAG_SHIFT = STATUS_SHIFT + STATUS_BITS;
const ATTEMPTS_SHIFT = FLAG_SHIFT + FLAG_BITS;

const PACKED = `${codeOf('download_type', DOWNLOAD_TYPES)} | (${codeOf('status', DOWNLOAD_STATUSES)} << ${STATUS_SHIFT})
  | (((permanent <> 0) * ${STATUS_PERMANENT} + (scope = 'transcript') * ${STATUS_TRANSCRIPT} + coalesce(run_id = ?, 0) * ${STATUS_OF_RUN}) << ${FLAG_SHIFT})
  | (min(attempts, ${MOST_ATTEMPTS}) << ${ATTEMPTS_SHIFT})`;

/** SQL for a word's place in a list. */
function codeOf(column: string, words: readonly string[]): string {
  return `CASE ${column} ${words.map((word, code) => `WHEN '${word}' THEN ${code}`).join(' ')} END`;
}

/** What is known of rows, read for the CSV. */
export class Rows {
  readonly #statements: Statements;
  readonly #showing: () => void;

  /** @param showing is called when rows are read that will be written into the CSV */
  constructor(statements: Statements, showing: () => void) {
    this.#statements = statements;
    this.#showing = showing;
  }

  row(rowId: string): LedgerRow | null {
    return this.#rows('row_id = ?', [rowId])[0] ?? null;
  }

  rowsAfter(rowId: string | null, limit: number): readonly LedgerRow[] {
    return this.#forCsv(this.#rows(`row_id > coalesce(?, '') ORDER BY row_id LIMIT ?`, [rowId, limit]));
  }

  unprojected(seq: number, limit: number): readonly LedgerRow[] {
    return this.#forCsv(this.#rows('seq > projected_seq AND seq > ? ORDER BY seq LIMIT ?', [seq, limit]));
  }

  statusesAfter(key: DownloadKey | null, limit: number, runId: string | null): StatusPage {
    const found = this.#statements
      .sql(
        `SELECT row_id, ${PACKED}, not_before FROM download d
         WHERE (row_id, download_type) > (?, ?) AND NOT EXISTS (
           SELECT 1 FROM csv_row r INDEXED BY csv_row_blocked WHERE r.row_id = d.row_id AND r.blocked IS NOT NULL
             AND r.blocked <> 'type_mismatch_' || iif(d.download_type = 'drive', 'youtube', 'drive'))
         ORDER BY row_id, download_type LIMIT ?`,
      )
      .raw()
      .all(runId, key?.rowId ?? '', key?.downloadType ?? '', limit) as StatusRow[];
    return toPage(found, limit);
  }

  #forCsv(rows: readonly LedgerRow[]): readonly LedgerRow[] {
    if (rows.length > 0) this.#showing();
    return rows;
  }

  /** Rows by a condition, in its order, with their downloads: two queries, however many rows. */
  #rows(condition: string, values: readonly (string | number | null)[]): readonly LedgerRow[] {
    const records = this.#statements
      .sql(`SELECT * FROM csv_row WHERE ${condition}`)
      .all(...values) as CsvRowRecord[];
    if (records.length === 0) return [];
    const downloads = this.#statements
      .sql(`SELECT d.* FROM download d WHERE d.row_id IN (SELECT row_id FROM csv_row WHERE ${condition})`)
      .all(...values) as DownloadRecord[];
    const byRow = Map.groupBy(downloads, ({ row_id }) => row_id);
    return records.map((record) => toLedgerRow(record, byRow.get(record.row_id) ?? []));
  }
}

function toPage(found: readonly StatusRow[], limit: number): StatusPage {
  const count = found.length;
  const rowIds: string[] = [];
  const downloadTypes = new Uint8Array(count);
  const statuses = new Uint8Array(count);
  const attempts = new Uint16Array(count);
  const flags = new Uint8Array(count);
  const notBefore = new Map<number, string>();
  for (const [at, [rowId, packed, time]] of found.entries()) {
    rowIds.push(rowId);
    downloadTypes[at] = packed & mask(TYPE_BITS);
    statuses[at] = (packed >> STATUS_SHIFT) & mask(STATUS_BITS);
    flags[at] = (packed >> FLAG_SHIFT) & mask(FLAG_BITS);
    attempts[at] = packed >> ATTEMPTS_SHIFT;
    if (time !== null) notBefore.set(at, time);
  }
  const lastType = DOWNLOAD_TYPES[downloadTypes[count - 1] ?? 0];
  const lastRow = rowIds.at(-1);
  const isLast = count < limit || lastRow === undefined || lastType === undefined;
  const next = isLast ? null : { rowId: lastRow, downloadType: lastType };
  return { rowIds, downloadTypes, statuses, attempts, flags, notBefore, next };
}

function mask(bits: number): number {
  return (1 << bits) - 1;
}
