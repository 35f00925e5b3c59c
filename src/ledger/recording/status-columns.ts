import { DOWNLOAD_STATUSES, DOWNLOAD_TYPES, type DownloadKey } from '../../row/index.ts';
import { STATUS_OF_RUN, STATUS_PERMANENT, STATUS_TRANSCRIPT, type StatusPage } from '../status-page.ts';

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

/**
 * SQL for a status as one number, of a table of downloads.
 * @param number SQL that makes 0 or 1 of a condition
 * @param least SQL for the smaller of two numbers
 * @param runId SQL for the run whose downloads are marked
 */
export function packedSql(number: (condition: string) => string, least: string, runId: string): string {
  const flags = [
    `${number('permanent <> 0')} * ${STATUS_PERMANENT}`,
    `${number(`scope = 'transcript'`)} * ${STATUS_TRANSCRIPT}`,
    `${number(`coalesce(run_id = ${runId}, false)`)} * ${STATUS_OF_RUN}`,
  ];
  return `${codeOf('download_type', DOWNLOAD_TYPES)} | (${codeOf('status', DOWNLOAD_STATUSES)} << ${STATUS_SHIFT})
    | ((${flags.join(' + ')}) << ${FLAG_SHIFT}) | (${least}(attempts, ${MOST_ATTEMPTS}) << ${ATTEMPTS_SHIFT})`;
}

/** SQL for a word's place in a list. */
function codeOf(column: string, words: readonly string[]): string {
  return `CASE ${column} ${words.map((word, code) => `WHEN '${word}' THEN ${code}`).join(' ')} END`;
}

/** Where the next page of these begins. */
export function lastKeyOf(found: readonly StatusRow[]): DownloadKey | null {
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
