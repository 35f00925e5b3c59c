import { type CsvSnapshot, PlainCell, type RawCells } from '../csv/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { DOWNLOAD_TYPES, type DownloadKey } from '../row/index.ts';
import type { StatusOverlay } from '../tracker/index.ts';
import { RowColumns } from './columns.ts';
import { statusCode } from './status-codes.ts';
import { TextBlob } from './text-blob.ts';

/** The texts of a row, in the order in which the blob holds them; the last two are lists of files. */
export const FIELDS = { rowId: 0, name: 1, email: 2, type: 3 } as const;
/** Behind the texts. */
const LAST_ATTEMPT = 6;
/** Causes asked of the ledger at once. */
const PAGE = 4000;

/** What rows are filtered, sorted and searched by. */
export interface TableParts {
  readonly text: TextBlob;
  readonly columns: RowColumns;
}

/**
 * Reads a CSV through once and makes the parts of its table: eight bytes a row, and its texts, which are to be disposed of.
 * @param onFraction told how much of it is done, from 0 to 1
 * @throws CsvChangedError when the file was changed in place meanwhile
 */
export async function buildTable(
  snapshot: CsvSnapshot,
  overlay: StatusOverlay,
  ledger: Ledger | null,
  onFraction: (fraction: number) => void,
): Promise<TableParts> {
  const { rowCount, layout } = snapshot.index;
  const text = new TextBlob(rowCount);
  const columns = new RowColumns(rowCount);
  const { rowId, name, email, type, tracking } = layout;
  const read = [rowId, name, email, type, tracking.youtube_files, tracking.drive_files];
  const cell = new PlainCell();
  const step = Math.ceil(rowCount / 20) || 1;
  try {
    await snapshot.visitCells([...read, tracking.last_download_attempt], (row, cells) => {
      text.beginRow(read.length);
      for (let field = 0; field < read.length; field++) addField(text, cell, cells, field);
      text.endRow();
      columns.attemptedAt[row] = secondsOf(cells);
      for (const each of DOWNLOAD_TYPES)
        columns.setStatus(row, each, statusCode(snapshot.index, overlay, row, each));
      if (row % step === 0) onFraction(row / rowCount);
    });
    if (ledger !== null) await putCauses(snapshot, ledger, columns);
    return { text, columns };
  } catch (error) {
    text[Symbol.dispose]();
    throw error;
  }
}

function addField(text: TextBlob, cell: PlainCell, cells: RawCells, field: number): void {
  const { bytes } = cells;
  if (cell.read(bytes, cells.from(field), cells.to(field))) text.addAscii(bytes, cell.start, cell.end);
  else text.addText(cells.text(field).trim());
}

function secondsOf(cells: RawCells): number {
  if (cells.from(LAST_ATTEMPT) === cells.to(LAST_ATTEMPT)) return 0;
  return secondsOfTime(cells.text(LAST_ATTEMPT));
}

/** @param time ISO 8601; anything else is no time. @returns seconds since 1970, 0 for none */
export function secondsOfTime(time: string): number {
  const seconds = Math.floor(Date.parse(time) / 1000);
  return seconds > 0 && seconds < 2 ** 32 ? seconds : 0;
}

async function putCauses(snapshot: CsvSnapshot, ledger: Ledger, columns: RowColumns): Promise<void> {
  for (let key: DownloadKey | null = null; ;) {
    const page = await ledger.openCausesAfter(key, PAGE);
    for (const [at, rowId] of page.rowIds.entries()) {
      const row = snapshot.index.findRow(rowId);
      const type = DOWNLOAD_TYPES[page.downloadTypes[at] ?? 0];
      if (row >= 0 && type !== undefined) columns.setCause(row, type, page.causes[at] ?? '');
    }
    key = page.next;
    if (key === null) return;
  }
}
