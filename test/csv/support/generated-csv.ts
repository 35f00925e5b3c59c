import fc from 'fast-check';
import { DEFAULT_COLUMNS } from '../../../src/csv/index.ts';
import { TRACKING_COLUMNS, type TrackingCells, type TrackingColumn } from '../../../src/row/index.ts';

/**
 * CSVs as people and spreadsheets write them, made from cells up, so that what a reader must find and what a rewrite must
 * leave is known without any parser. All texts of the file are byte strings (one character a byte).
 */

export interface Cell {
  /** As it stands in the file. */
  readonly raw: string;
  /** What it says. */
  readonly text: string;
}

type LineKind = 'row' | 'blank' | 'comment' | 'repeatedHeader' | 'emptyRowId' | 'tooLong';

export interface Line {
  readonly kind: LineKind;
  readonly cells: readonly Cell[];
  readonly lineEnd: string;
}

export interface GeneratedCsv {
  readonly delimiter: ',' | ';' | '\t';
  readonly bom: boolean;
  /** CR only, or what may stand in a file of LF and CRLF. */
  readonly crOnly: boolean;
  readonly header: Line;
  readonly lines: readonly Line[];
}

/** UTF-8 bytes as a byte string. */
export const toBytes = (text: string): string => Buffer.from(text).toString('latin1');

export function fileBytes(csv: GeneratedCsv): Buffer {
  const lines = [csv.header, ...csv.lines].map((line) => lineText(line, csv.delimiter));
  return Buffer.from((csv.bom ? '\u00EF\u00BB\u00BF' : '') + lines.join(''), 'latin1');
}

export function lineText({ cells, lineEnd }: Line, delimiter: string): string {
  return cells.map((cell) => cell.raw).join(delimiter) + lineEnd;
}

/** Position of the first column with this name, or -1. */
export function positionOf(csv: GeneratedCsv, name: string): number {
  return csv.header.cells.findIndex((cell) => cell.text.trim() === name);
}

/** The data rows in file order. */
export function rowsOf(csv: GeneratedCsv): readonly Line[] {
  return csv.lines.filter((line) => line.kind === 'row' || line.kind === 'tooLong');
}

/** What a cell's bytes say: UTF-8, and where they are none, windows-1252. */
export const textOf = (bytes: string): string => {
  const buffer = Buffer.from(bytes, 'latin1');
  const utf8 = buffer.toString('utf8');
  return Buffer.from(utf8).equals(buffer) ? utf8 : new TextDecoder('windows-1252').decode(buffer);
};

/** Letters and signs; é once as UTF-8 and once as latin-1; the delimiters, quotes and line ends are added where they may stand. */
const PLAIN = ['a', 'B', '7', '-', '#', '/', '(', ' ', '=', "'", toBytes('é'), '\u00E9', toBytes('日')];
const byteText = (units: readonly string[], maxLength = 8) =>
  fc.array(fc.constantFrom(...units), { maxLength }).map((parts) => parts.join(''));

/** A cell without quotes around it; quotes may stand inside, since they open nothing there. */
function plainCell(delimiter: string): fc.Arbitrary<Cell> {
  const others = [',', ';', '\t'].filter((sign) => sign !== delimiter);
  return byteText([...PLAIN, '"', ...others])
    .filter((raw) => !raw.startsWith('"'))
    .map((raw) => ({ raw, text: textOf(raw) }));
}

const quote = (bytes: string): Cell => ({ raw: `"${bytes.replaceAll('"', '""')}"`, text: textOf(bytes) });

/** Its content never ends in CR, for the oracle's sake: in a file of mixed line ends it could not tell it from a CRLF. */
const quotedCell = byteText([...PLAIN, '"', ',', ';', '\t', '\n', '\r', '\r\n'])
  .filter((bytes) => !bytes.endsWith('\r'))
  .map(quote);

const anyCell = (delimiter: string) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<Cell>({ raw: '', text: '' }) },
    { weight: 4, arbitrary: plainCell(delimiter) },
    { weight: 3, arbitrary: quotedCell },
  );

const exactly = (bytes: string): fc.Arbitrary<Cell> =>
  fc.constantFrom<Cell>({ raw: bytes, text: textOf(bytes) }, quote(bytes), {
    raw: ` ${bytes} `,
    text: ` ${textOf(bytes)} `,
  });

const linkCell = fc
  .constantFrom(
    '',
    '-',
    "'-",
    'None',
    'NULL',
    'nan',
    'N/A',
    'https://youtu.be/aaaaaaaaaaa',
    'x',
    'https://drive.google.com/open?id=1|2',
  )
  .chain(exactly);
const statusCell = fc
  .constantFrom('', 'pending', 'Completed', 'failed', 'downloading', 'later')
  .chain(exactly);

interface Shape {
  readonly allTrackingColumns: boolean;
}

export function generatedCsv({ allTrackingColumns }: Shape): fc.Arbitrary<GeneratedCsv> {
  return fc
    .record({
      delimiter: fc.constantFrom<GeneratedCsv['delimiter']>(',', ';', '\t'),
      bom: fc.boolean(),
      style: fc.constantFrom('lf', 'crlf', 'cr', 'mixed'),
      finalLineEnd: fc.boolean(),
      tracking: allTrackingColumns
        ? fc.constant<readonly TrackingColumn[]>(TRACKING_COLUMNS)
        : fc.subarray([...TRACKING_COLUMNS]),
      links: fc.subarray([DEFAULT_COLUMNS.youtube, DEFAULT_COLUMNS.drive], { minLength: 1 }),
      optional: fc.subarray(['name', 'email']),
      unknown: fc.array(fc.constantFrom('note', 'my link', 'x"y', '', 'type', 'youtube_status', 'row_id'), {
        maxLength: 3,
      }),
    })
    .chain(({ delimiter, bom, style, finalLineEnd, tracking, links, optional, unknown }) => {
      const names = ['row_id', 'type', ...links, ...optional, ...tracking];
      const lineEnd =
        style === 'mixed'
          ? fc.constantFrom('\n', '\r\n')
          : fc.constant(style === 'lf' ? '\n' : style === 'crlf' ? '\r\n' : '\r');
      // Names that stand twice come last, so that the first of each name is the one that is meant.
      return fc
        .shuffledSubarray(names, { minLength: names.length })
        .chain((order) =>
          headerCells([...order, ...unknown.filter((name) => allTrackingColumns || !isTracking(name))]),
        )
        .chain((cells) =>
          fc
            .record({
              headerEnd: lineEnd,
              lines: fc.array(bodyLine(cells, delimiter, lineEnd, allTrackingColumns), { maxLength: 9 }),
            })
            .map(({ headerEnd, lines }) => {
              const header: Line = { kind: 'row', cells, lineEnd: headerEnd };
              const csv = {
                delimiter,
                bom,
                crOnly: style === 'cr',
                header,
                lines: lines.map(withUniqueId(cells)),
              };
              return finalLineEnd ? csv : withoutFinalLineEnd(csv);
            }),
        );
    });
}

const isTracking = (name: string) => (TRACKING_COLUMNS as readonly string[]).includes(name);

function headerCells(names: readonly string[]): fc.Arbitrary<readonly Cell[]> {
  return fc.tuple(
    ...names.map((name) =>
      fc.oneof(exactly(name), fc.constant(name.includes('"') ? quote(name) : quote(name))),
    ),
  );
}

function bodyLine(
  header: readonly Cell[],
  delimiter: string,
  lineEnd: fc.Arbitrary<string>,
  mayBeTooLong: boolean,
): fc.Arbitrary<Line> {
  const at = (name: string) => header.findIndex((cell) => cell.text.trim() === name);
  const rowId = at('row_id');
  const cellFor = (position: number): fc.Arbitrary<Cell> => {
    if (position === rowId) return fc.constantFrom('007', 'NA', 'id', '7').chain(exactly);
    if (position === at(DEFAULT_COLUMNS.youtube) || position === at(DEFAULT_COLUMNS.drive)) return linkCell;
    if (position === at('youtube_status') || position === at('drive_status')) return statusCell;
    return anyCell(delimiter);
  };
  const cells = fc.tuple(...header.map((_, position) => cellFor(position)));
  const withRowId = (list: readonly Cell[], cell: Cell) => list.with(rowId, cell);
  const body: fc.Arbitrary<Pick<Line, 'kind' | 'cells'>> = fc.oneof(
    { weight: 8, arbitrary: cells.map((list) => ({ kind: 'row' as const, cells: list })) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(cells, fc.integer({ min: rowId + 1, max: header.length }))
        .map(([list, length]) => ({ kind: 'row' as const, cells: list.slice(0, length) })),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'blank' as const, cells: [{ raw: '', text: '' }] }) },
    {
      weight: 1,
      arbitrary: fc.constant({ kind: 'blank' as const, cells: header.map(() => ({ raw: '', text: '' })) }),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(cells, exactly('# a note'))
        .map(([list, note]) => ({ kind: 'comment' as const, cells: withRowId(list, note) })),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'repeatedHeader' as const, cells: header }) },
    {
      weight: 1,
      arbitrary: cells.map((list) => ({
        kind: 'emptyRowId' as const,
        cells: withRowId(list, { raw: ' ', text: ' ' }).with(rowId === 0 ? 1 : 0, { raw: 'x', text: 'x' }),
      })),
    },
    {
      weight: mayBeTooLong ? 1 : 0,
      arbitrary: fc
        .tuple(cells, anyCell(delimiter))
        .map(([list, extra]) => ({ kind: 'tooLong' as const, cells: [...list, extra] })),
    },
  );
  return fc.tuple(body, lineEnd).map(([line, end]) => ({ ...line, lineEnd: end }));
}

/** Appends the line's number to a row's row_id, within its quotes or its padding. */
function withUniqueId(header: readonly Cell[]): (line: Line, number: number) => Line {
  const rowId = header.findIndex((cell) => cell.text.trim() === 'row_id');
  return (line, number) => {
    const cell = line.cells[rowId];
    if (cell === undefined || (line.kind !== 'row' && line.kind !== 'tooLong')) return line;
    const numbered = (text: string) => text.replace(/(007|NA|id|7)/, `$1_${number}`);
    return { ...line, cells: line.cells.with(rowId, { raw: numbered(cell.raw), text: numbered(cell.text) }) };
  };
}

function withoutFinalLineEnd(csv: GeneratedCsv): GeneratedCsv {
  const { lines, header } = csv;
  const last = lines.at(-1);
  if (last === undefined) return { ...csv, header: { ...header, lineEnd: csv.crOnly ? header.lineEnd : '' } };
  // An empty line without a line end is no line.
  if (lineText(last, csv.delimiter) === last.lineEnd)
    return withoutFinalLineEnd({ ...csv, lines: lines.slice(0, -1) });
  return { ...csv, lines: lines.with(-1, { ...last, lineEnd: '' }) };
}

/** Texts for tracking cells, some of which need quotes. */
export const trackedText = fc.oneof(
  fc.constantFrom(
    '',
    'pending',
    'completed',
    'failed',
    'a,b',
    'x;y',
    'tab\there',
    'say "hi"',
    ' padded ',
    'two\nlines',
    'crlf\r\nhere',
    'é 日 🎬',
  ),
  fc.string({ maxLength: 12, unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')),
);

/** Edits of some rows of this CSV. */
export function editsOf(csv: GeneratedCsv): fc.Arbitrary<Map<number, Partial<TrackingCells>>> {
  const cells = fc
    .dictionary(fc.constantFrom(...TRACKING_COLUMNS), trackedText, { noNullPrototype: true })
    .map((texts): Partial<TrackingCells> => texts);
  const rows = rowsOf(csv).map((_, row) => row);
  return fc
    .subarray(rows)
    .chain((chosen) => fc.tuple(...chosen.map((row) => fc.tuple(fc.constant(row), cells))))
    .map((entries) => new Map(entries));
}
