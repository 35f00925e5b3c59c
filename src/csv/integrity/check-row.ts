import { ErrorSeverity } from '../../errors/index.ts';
import { isDownloadStatus } from '../../row/index.ts';
import { isSpace, SPACE, TAB } from '../bytes.ts';
import { decodeCell } from '../cell.ts';
import type { ColumnMapping } from '../column-mapping.ts';
import { shown } from '../missing-columns.ts';
import type { RecordSpans } from '../record-scanner.ts';
import type { LenientHeader } from './lenient-header.ts';
import type { Problem, ProblemList } from './problem-list.ts';
import { RowIdRegister } from './row-id-register.ts';

const STATUS_COLUMNS = ['youtube_status', 'drive_status'] as const;

/** Checks one row after the other; it knows the row_ids of those before. */
export class RowCheck {
  readonly #header: LenientHeader;
  readonly #rowIdName: string;
  readonly #typeName: string;
  readonly #delimiter: number;
  readonly #problems: ProblemList;
  readonly #rowIds = new RowIdRegister();

  constructor(header: LenientHeader, columns: ColumnMapping, problems: ProblemList) {
    this.#header = header;
    this.#rowIdName = columns.rowId.trim();
    this.#typeName = columns.type.trim();
    this.#delimiter = header.dialect.delimiter.charCodeAt(0);
    this.#problems = problems;
  }

  /** @param from offset of the record's first byte @param line where it begins, from 1 */
  check(bytes: Buffer, from: number, line: number, record: RecordSpans): void {
    if (this.#isBlank(bytes, from, record)) return;
    const { layout } = this.#header;
    const rowId = layout.rowId < 0 ? '' : textAt(bytes, from, record, layout.rowId);
    if (rowId.startsWith('#') || (rowId !== '' && rowId === this.#rowIdName)) return;

    const add = (
      column: number,
      message: string,
      severity: Problem['severity'] = ErrorSeverity.ERROR,
    ): void => {
      const whose = rowId === '' ? {} : { rowId };
      this.#problems.add({ severity, line, column: column + 1, message, ...whose });
    };
    if (layout.rowId >= 0) this.#checkRowId(rowId, line, (message) => add(layout.rowId, message));
    if (layout.type >= 0 && isEmptyAt(bytes, from, record, layout.type))
      add(layout.type, `the cell of \`${this.#typeName}\` is empty`);
    for (const name of STATUS_COLUMNS) {
      const column = layout.tracking[name];
      if (column < 0 || isEmptyAt(bytes, from, record, column)) continue;
      if (!isDownloadStatus(textAt(bytes, from, record, column).toLowerCase()))
        add(column, `the cell of \`${name}\` holds no status; it counts as pending`, ErrorSeverity.WARNING);
    }
    const columns = layout.header.length;
    const cells = record.cellCount;
    if (cells > columns)
      add(columns, `the row has ${counted(cells, 'cell')}, the header has ${columns}: is a quote missing?`);
    if (cells < columns)
      add(cells, `the row has ${counted(cells, 'cell')}, the header has ${columns}`, ErrorSeverity.INFO);
  }

  #checkRowId(rowId: string, line: number, add: (message: string) => void): void {
    if (rowId === '') {
      add(`the cell of \`${this.#rowIdName}\` is empty: nothing is downloaded for this row`);
      return;
    }
    const earlier = this.#rowIds.add(rowId, line);
    if (earlier !== null)
      add(
        `the row_id ${JSON.stringify(shown(rowId))} stands in line ${earlier} and again in line ${line}; each row needs one of its own`,
      );
  }

  /** A spreadsheet leaves lines of nothing but delimiters; they are as blank as an empty line. */
  #isBlank(bytes: Buffer, from: number, { contentLength }: RecordSpans): boolean {
    for (let at = from; at < from + contentLength; at++) {
      const byte = bytes[at];
      if (byte !== SPACE && byte !== TAB && byte !== this.#delimiter) return false;
    }
    return true;
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function textAt(bytes: Buffer, from: number, record: RecordSpans, column: number): string {
  if (column >= record.cellCount) return '';
  return decodeCell(bytes, from + record.start(column), from + record.end(column)).trim();
}

/** Most cells are told by their first byte, without decoding. */
function isEmptyAt(bytes: Buffer, from: number, record: RecordSpans, column: number): boolean {
  if (column >= record.cellCount) return true;
  const first = bytes[from + record.start(column)] ?? 0;
  if (from + record.start(column) < from + record.end(column) && isPlain(first)) return false;
  return textAt(bytes, from, record, column) === '';
}

/** A byte that begins a cell and is neither a quote nor part of a white space. */
function isPlain(byte: number): boolean {
  return !isSpace(byte) && byte !== 0x22 && byte < 0x80;
}
