import { DEFAULT_COLUMNS } from '../../../src/csv/index.ts';
import { TRACKING_COLUMNS, type TrackingCells, type TrackingColumn } from '../../../src/row/index.ts';
import { type Cell, fileBytes, type GeneratedCsv, type Line, positionOf, toBytes } from './generated-csv.ts';

type Edits = ReadonlyMap<number, Partial<TrackingCells>>;

/** What a rewrite must make of a generated CSV, from its cells, without reading a byte of the file. */
export function expectedBytes(csv: GeneratedCsv, edits: Edits, addColumns: boolean): Buffer {
  return fileBytes(rewritten(csv, edits, addColumns));
}

/** The same, as cells. */
export function rewritten(csv: GeneratedCsv, edits: Edits, addColumns: boolean): GeneratedCsv {
  const names = csv.header.cells.map((cell) => cell.text.trim());
  const missing = addColumns ? TRACKING_COLUMNS.filter((name) => !names.includes(name)) : [];
  let row = -1;
  const lines = csv.lines.map((line) => {
    if (line.kind === 'row' || line.kind === 'tooLong') row++;
    return line.kind === 'row' ? rewrittenRow(csv, line, edits.get(row) ?? {}, missing) : line;
  });
  const header = { ...csv.header, cells: [...csv.header.cells, ...missing.map(plain)] };
  return { ...csv, header, lines };
}

const plain = (text: string): Cell => ({ raw: text, text });

function rewrittenRow(
  csv: GeneratedCsv,
  line: Line,
  edits: Partial<TrackingCells>,
  missing: readonly TrackingColumn[],
): Line {
  const width = csv.header.cells.length;
  const newPosition = (name: TrackingColumn) => {
    const old = positionOf(csv, name);
    return old >= 0 ? old : width + missing.indexOf(name);
  };
  let cells = [...line.cells];
  for (const name of TRACKING_COLUMNS) {
    const text = edits[name];
    const old = cells[newPosition(name)];
    if (text === undefined || old === undefined || old.text === text) continue;
    cells = cells.with(newPosition(name), {
      raw: encoded(text, csv.delimiter, old.raw.startsWith('"')),
      text,
    });
  }
  const isFull = line.cells.length === width;
  const pads = TRACKING_COLUMNS.some(
    (name) => (edits[name] ?? '') !== '' && newPosition(name) >= line.cells.length,
  );
  if (isFull || pads) {
    for (let position = line.cells.length; position < width + missing.length; position++) {
      const name = TRACKING_COLUMNS.find((column) => newPosition(column) === position);
      const text = name === undefined ? '' : (edits[name] ?? startText(csv, line, name, missing));
      cells.push({ raw: encoded(text, csv.delimiter, false), text });
    }
  }
  return { ...line, cells };
}

function startText(
  csv: GeneratedCsv,
  line: Line,
  name: TrackingColumn,
  missing: readonly TrackingColumn[],
): string {
  if (!missing.includes(name)) return '';
  if (name === 'youtube_status') return hasLink(csv, line, DEFAULT_COLUMNS.youtube) ? 'pending' : '';
  if (name === 'drive_status') return hasLink(csv, line, DEFAULT_COLUMNS.drive) ? 'pending' : '';
  return '';
}

export function hasLink(csv: GeneratedCsv, line: Line, column: string): boolean {
  const position = positionOf(csv, column);
  const text = (line.cells[position]?.text ?? '').trim().toLowerCase();
  return position >= 0 && !['', '-', "'-", 'none', 'null', 'nan', 'n/a'].includes(text);
}

function encoded(text: string, delimiter: string, wasQuoted: boolean): string {
  const needsQuotes =
    wasQuoted || [delimiter, '"', '\n', '\r'].some((sign) => text.includes(sign)) || /^ | $/.test(text);
  return toBytes(needsQuotes ? `"${text.replaceAll('"', '""')}"` : text);
}
