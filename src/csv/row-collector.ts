import { SPACE, TAB } from './bytes.ts';
import type { ColumnMapping } from './column-mapping.ts';
import { NOTED_LINES, type IndexParts, type NotedLines, type SkippedLines } from './csv-index.ts';
import { FlagList } from './flag-list.ts';
import { grown } from './growing.ts';
import type { Header } from './header.ts';
import type { RecordSpans } from './record-scanner.ts';
import { isTooLongOf } from './row-flags.ts';
import { RowIdList } from './row-id-list.ts';
import { RowReader } from './row-reader.ts';
import { RowStartList } from './row-starts.ts';

/** Sorts records into rows and lines that are none. */
export class RowCollector {
  readonly #rowIdColumn: number;
  readonly #delimiter: number;
  readonly #reader: RowReader;
  readonly #list: RowIdList;
  readonly #starts = new RowStartList();
  #lines = new Uint32Array(256);
  readonly #flags = FlagList.empty();
  readonly #blank = new LineNotes();
  readonly #comment = new LineNotes();
  readonly #repeatedHeader = new LineNotes();
  readonly #emptyRowId = new LineNotes();
  readonly #tooLong = new LineNotes();

  constructor({ layout, dialect }: Header, columns: ColumnMapping) {
    this.#rowIdColumn = layout.rowId;
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#reader = new RowReader(layout);
    this.#list = new RowIdList(columns.rowId.trim());
  }

  add(
    bytes: Buffer,
    from: number,
    offset: number,
    line: number,
    record: RecordSpans,
    fraction: number,
  ): void {
    const column = this.#rowIdColumn;
    const row = this.#list.count;
    const kind =
      column < record.cellCount
        ? this.#list.add(bytes, from + record.start(column), from + record.end(column), fraction)
        : 'empty';
    if (kind === 'comment') this.#comment.add(line);
    else if (kind === 'repeatedHeader') this.#repeatedHeader.add(line);
    else if (kind === 'empty')
      (this.#isBlank(bytes, from, record) ? this.#blank : this.#emptyRowId).add(line);
    if (kind !== 'id') return;

    const flags = this.#reader.flags(bytes, from, record);
    if (row >= this.#lines.length) this.#grow(fraction);
    this.#starts.add(offset);
    this.#lines[row] = line;
    this.#flags.add(flags);
    if (isTooLongOf(flags)) this.#tooLong.add(line);
  }

  finish(): Pick<IndexParts, 'starts' | 'lines' | 'flags'> & { skipped: SkippedLines; list: RowIdList } {
    const rows = this.#list.count;
    return {
      starts: this.#starts.finish(),
      lines: this.#lines.subarray(0, rows),
      flags: this.#flags,
      list: this.#list,
      skipped: {
        blank: this.#blank.noted,
        comment: this.#comment.noted,
        repeatedHeader: this.#repeatedHeader.noted,
        emptyRowId: this.#emptyRowId.noted,
        tooLong: this.#tooLong.noted,
      },
    };
  }

  /** A spreadsheet leaves lines of nothing but delimiters; they are as blank as an empty line. */
  #isBlank(bytes: Buffer, from: number, record: RecordSpans): boolean {
    for (let at = from; at < from + record.contentLength; at++) {
      const byte = bytes[at];
      if (byte !== SPACE && byte !== TAB && byte !== this.#delimiter) return false;
    }
    return true;
  }

  #grow(fraction: number): void {
    const lines = new Uint32Array(grown(this.#list.count, fraction));
    lines.set(this.#lines);
    this.#lines = lines;
  }
}

class LineNotes {
  #count = 0;
  readonly #lines: number[] = [];

  add(line: number): void {
    if (this.#count++ < NOTED_LINES) this.#lines.push(line);
  }

  get noted(): NotedLines {
    return { count: this.#count, lines: this.#lines };
  }
}
