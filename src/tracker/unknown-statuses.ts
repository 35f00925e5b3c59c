import { CsvChangedError, type CsvSnapshot, rowSlices } from '../csv/index.ts';
import { DOWNLOAD_TYPES, type DownloadType, statusColumn } from '../row/index.ts';
import type { Note } from './notes.ts';
import type { StatusOverlay } from './status-overlay.ts';

/** Cells that are named; more are only counted, so that not all of a million have to be read. */
const NAMED = 10;
/** Characters of a cell that are repeated. */
const MAX_WORD = 40;

interface UnknownCell {
  readonly row: number;
  readonly type: DownloadType;
}

/**
 * Words in the status cells that are no status, of downloads that the ledger does not know: they count as pending, and a
 * person who wrote `done` there should hear of it, once.
 */
export class UnknownStatuses {
  /** The cells that were named, by type and row_id. */
  readonly #named = new Set<string>();
  #counted = 0;

  /**
   * What is to be said of a CSV, and was not said yet.
   * @returns nothing more when somebody changes the file while it is read; the next look does.
   */
  async notes(snapshot: CsvSnapshot, overlay: StatusOverlay): Promise<readonly Note[]> {
    const { cells, more } = await this.#look(snapshot, overlay);
    const notes: Note[] = [];
    try {
      for (const { row, type } of cells) {
        const { context, line, tracking } = await snapshot.readRow(row);
        const column = statusColumn(type);
        const message = `line ${line}: its ${column} is ${quoted(tracking[column])}, which is no status; it counts as pending`;
        notes.push({ rowId: context.rowId, message });
        this.#named.add(keyOf(context.rowId, type));
      }
    } catch (error) {
      if (!(error instanceof CsvChangedError)) throw error;
      return notes;
    }
    if (more > this.#counted) {
      this.#counted = more;
      notes.push({ rowId: null, message: `${more} more cells hold no status; they count as pending` });
    }
    return notes;
  }

  async #look({ index }: CsvSnapshot, overlay: StatusOverlay) {
    const cells: UnknownCell[] = [];
    let more = 0;
    for await (const { from, to } of rowSlices(index.rowCount))
      for (let row = from; row < to; row++)
        for (const type of DOWNLOAD_TYPES) {
          if (index.status(row, type) !== 'unknown' || !index.hasLink(row, type)) continue;
          if (overlay.at(row, type).inLedger || this.#named.has(keyOf(index.rowIdOf(row), type))) continue;
          if (this.#named.size + cells.length < NAMED) cells.push({ row, type });
          else more++;
        }
    return { cells, more };
  }
}

function keyOf(rowId: string, type: DownloadType): string {
  return `${type}:${rowId}`;
}

/** As it stands in the cell, with everything that is not plain text spelled out. */
function quoted(cell: string): string {
  const word = cell.trim();
  return JSON.stringify(word.length > MAX_WORD ? `${word.slice(0, MAX_WORD).toWellFormed()}…` : word);
}
