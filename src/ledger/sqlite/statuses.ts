import { DOWNLOAD_STATUSES, DOWNLOAD_TYPES, type DownloadKey } from '../../row/index.ts';
import type { CsvMark } from '../ledger.ts';
import {
  type OpenStatusPage,
  STATUS_OF_RUN,
  STATUS_PERMANENT,
  STATUS_TRANSCRIPT,
  type StatusCursor,
  type StatusList,
  type StatusPage,
} from '../status-page.ts';
import type { Statements } from './statements.ts';

/** A download's status as the query gives it: all small numbers in one, because each value costs on its way out of SQLite. */
export type StatusRow = readonly [rowId: string, packed: number, notBefore: string | null];

const MOST_ATTEMPTS = 0xffff;
/** Bits of the packed number, from the lowest: download type, status, flags, attempts. */
const TYPE_BITS = 1;
const STATUS_BITS = 2;
const FLAG_BITS = 3;
const STATUS_SHIFT = TYPE_BITS;
const FLAG_SHIFT = STATUS_SHIFT + STATUS_BITS;
const ATTEMPTS_SHIFT = FLAG_SHIFT + FLAG_BITS;

export const PACKED = `${codeOf('download_type', DOWNLOAD_TYPES)} | (${codeOf('status', DOWNLOAD_STATUSES)} << ${STATUS_SHIFT})
  | (((permanent <> 0) * ${STATUS_PERMANENT} + (scope = 'transcript') * ${STATUS_TRANSCRIPT} + coalesce(run_id = ?, 0) * ${STATUS_OF_RUN}) << ${FLAG_SHIFT})
  | (min(attempts, ${MOST_ATTEMPTS}) << ${ATTEMPTS_SHIFT})`;

/** SQL for a word's place in a list. */
function codeOf(column: string, words: readonly string[]): string {
  return `CASE ${column} ${words.map((word, code) => `WHEN '${word}' THEN ${code}`).join(' ')} END`;
}

/** Rows that can be written: what was recorded for somebody else says nothing of the others. */
export const IS_SHOWN = `NOT EXISTS (
  SELECT 1 FROM csv_row b INDEXED BY csv_row_blocked WHERE b.row_id = d.row_id AND b.blocked IS NOT NULL
    AND b.blocked <> 'type_mismatch_' || iif(d.download_type = 'drive', 'youtube', 'drive'))`;

/** Word for word the condition of the partial index that makes it cheap, as are those below. */
export const IS_OPEN = `(status IN ('pending', 'failed') OR scope <> 'full')`;

const LISTS: Readonly<Record<Exclude<StatusList, 'unprojected'>, string>> = {
  open: IS_OPEN,
  in_progress: `status = 'downloading'`,
};

/** The statuses of many downloads, for laying over a CSV. */
export class Statuses {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  after(key: DownloadKey | null, limit: number, runId: string | null): StatusPage {
    const found = this.#inOrder('1', key, limit, runId);
    return { ...toColumns(found), next: found.length < limit ? null : lastKeyOf(found) };
  }

  beside(
    mark: CsvMark,
    cursor: StatusCursor | null,
    limit: number,
    runId: string | null,
  ): OpenStatusPage | null {
    if (this.#statements.meta('csv_mark') !== mark) return null;
    const { list, key = null, seq = 0 } = cursor ?? { list: 'open' };
    if (list === 'unprojected') return this.#unprojected(seq, limit, runId);
    const found = this.#inOrder(LISTS[list], key, limit, runId);
    const last = found.length < limit ? null : lastKeyOf(found);
    const following = list === 'open' ? 'in_progress' : 'unprojected';
    return { ...toColumns(found), next: last === null ? { list: following } : { list, key: last } };
  }

  #inOrder(condition: string, key: DownloadKey | null, limit: number, runId: string | null): StatusRow[] {
    return this.#statements
      .sql(
        `SELECT row_id, ${PACKED}, not_before FROM download d
         WHERE ${condition} AND (row_id, download_type) > (?, ?) AND ${IS_SHOWN}
         ORDER BY row_id, download_type LIMIT ?`,
      )
      .raw()
      .all(runId, key?.rowId ?? '', key?.downloadType ?? '', limit) as StatusRow[];
  }

  /** A row's downloads come together, so the limit counts rows. */
  #unprojected(seq: number, limit: number, runId: string | null): OpenStatusPage {
    const rows = this.#statements
      .sql('SELECT seq FROM csv_row WHERE seq > projected_seq AND seq > ? ORDER BY seq LIMIT ?')
      .pluck()
      .all(seq, limit) as number[];
    const last = rows.at(-1) ?? seq;
    const found = this.#statements
      .sql(
        `SELECT d.row_id, ${PACKED}, d.not_before FROM csv_row r JOIN download d ON d.row_id = r.row_id
         WHERE r.seq > r.projected_seq AND r.seq > ? AND r.seq <= ? AND ${IS_SHOWN} ORDER BY r.seq`,
      )
      .raw()
      .all(runId, seq, last) as StatusRow[];
    return { ...toColumns(found), next: rows.length < limit ? null : { list: 'unprojected', seq: last } };
  }
}

function lastKeyOf(found: readonly StatusRow[]): DownloadKey | null {
  const [rowId, packed = 0] = found.at(-1) ?? [];
  const downloadType = DOWNLOAD_TYPES[packed & mask(TYPE_BITS)];
  return rowId === undefined || downloadType === undefined ? null : { rowId, downloadType };
}

/** The columns of a page. */
export function toColumns(found: readonly StatusRow[]): Omit<StatusPage, 'next'> {
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
  return { rowIds, downloadTypes, statuses, attempts, flags, notBefore };
}

function mask(bits: number): number {
  return (1 << bits) - 1;
}
