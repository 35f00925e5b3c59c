import { DOWNLOAD_TYPES, type DownloadType } from '../row/index.ts';
import type { RowColumns } from './columns.ts';
import { letGo } from './field-texts.ts';
import { CELL_STATUSES, type CellStatus } from './status-codes.ts';

export const SORT_KEYS = ['line', 'rowId', 'name', 'type', 'youtube', 'drive', 'attemptedAt'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** Which rows, and in which order. */
export interface RowQuery {
  /** Rows where a download has one of these statuses. */
  readonly status?: readonly CellStatus[] | undefined;
  /** The download type to which `status` and `cause` are limited. */
  readonly download?: DownloadType | undefined;
  readonly cause?: readonly string[] | undefined;
  /** Words that are all found in row_id, name, e-mail, type or file names, whatever the case. */
  readonly text?: string | undefined;
  readonly sort?: SortKey | undefined;
  readonly descending?: boolean | undefined;
}

/** Leaves of the marked rows (1) those where one download has a status and a cause that are wanted. Pure but for the marks. */
export function keepWanted(
  columns: RowColumns,
  { status, cause, download }: RowQuery,
  marks: Uint8Array,
): void {
  if (status === undefined && cause === undefined) return;
  const statusOk = Uint8Array.from(CELL_STATUSES, (each) => ((status?.includes(each) ?? true) ? 1 : 0));
  const causeOk = new Uint8Array(columns.causes.length).fill(cause === undefined ? 1 : 0);
  for (const each of cause ?? []) {
    const code = columns.knownCause(each);
    if (code > 0) causeOk[code] = 1;
  }
  const types = download === undefined ? DOWNLOAD_TYPES : [download];
  const [first, second = first] = types;
  if (first === undefined || second === undefined) return;
  const [statuses, others] = [columns.statuses[first], columns.statuses[second]];
  const [causes, otherCauses] = [columns.causeCodes[first], columns.causeCodes[second]];
  for (let row = 0; row < marks.length; row++) {
    const isWanted =
      ((statusOk[statuses[row] ?? 0] ?? 0) & (causeOk[causes[row] ?? 0] ?? 0)) |
      ((statusOk[others[row] ?? 0] ?? 0) & (causeOk[otherCauses[row] ?? 0] ?? 0));
    marks[row] = (marks[row] ?? 0) & isWanted;
  }
}

/** The marked rows in this order. @param order all rows; null: as they are in the file */
export function marked(marks: Uint8Array, order: Uint32Array | null, descending: boolean): Uint32Array {
  let count = 0;
  for (let row = 0; row < marks.length; row++) count += marks[row] ?? 0;
  const found = new Uint32Array(count);
  const { length } = marks;
  let at = 0;
  for (let place = 0; place < length; place++) {
    const from = descending ? length - 1 - place : place;
    const row = order === null ? from : (order[from] ?? 0);
    if (marks[row] === 1) found[at++] = row;
  }
  return found;
}

/** Rows by a small number of each, equal ones in file order. */
export function sortByCode(codes: Uint8Array): Uint32Array {
  return byCode(codes, (place) => place);
}

/** An order put right by a number of up to 255 of each row; rows with the same stay as they were. */
export function reordered(order: Uint32Array, codeOf: (row: number) => number): Uint32Array {
  const codes = new Uint8Array(order.length);
  for (let at = 0; at < order.length; at++) codes[at] = codeOf(order[at] ?? 0);
  const sorted = byCode(codes, (place) => order[place] ?? 0);
  letGo(codes);
  letGo(order);
  return sorted;
}

/** What stands at each place, sorted by the places' codes. */
function byCode(codes: Uint8Array, rowAt: (place: number) => number): Uint32Array {
  const next = new Uint32Array(257);
  for (let at = 0; at < codes.length; at++) {
    const code = (codes[at] ?? 0) + 1;
    next[code] = (next[code] ?? 0) + 1;
  }
  for (let code = 0; code < 256; code++) next[code + 1] = (next[code + 1] ?? 0) + (next[code] ?? 0);
  const sorted = new Uint32Array(codes.length);
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    const place = next[code] ?? 0;
    sorted[place] = rowAt(at);
    next[code] = place + 1;
  }
  return sorted;
}

/** Rows by a number of 32 bits, equal ones in file order: two rounds over 16 bits each. */
export function sortByNumber(numbers: Uint32Array): Uint32Array {
  const first = byHalf(numbers, null, 0);
  const sorted = byHalf(numbers, first, 16);
  letGo(first);
  return sorted;
}

/** @param order all rows; null: as they are in the file */
function byHalf(numbers: Uint32Array, order: Uint32Array | null, shift: number): Uint32Array {
  const next = new Uint32Array(0x1_0001);
  for (let row = 0; row < numbers.length; row++) {
    const code = (((numbers[row] ?? 0) >>> shift) & 0xffff) + 1;
    next[code] = (next[code] ?? 0) + 1;
  }
  for (let code = 0; code < 0x1_0000; code++) next[code + 1] = (next[code + 1] ?? 0) + (next[code] ?? 0);
  const sorted = new Uint32Array(numbers.length);
  for (let at = 0; at < numbers.length; at++) {
    const row = order === null ? at : (order[at] ?? 0);
    const code = ((numbers[row] ?? 0) >>> shift) & 0xffff;
    const place = next[code] ?? 0;
    sorted[place] = row;
    next[code] = place + 1;
  }
  return sorted;
}
