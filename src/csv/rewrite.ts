import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { RowtrailError } from '../errors/index.ts';
import type { TrackingCells } from '../row/index.ts';
import { Breather } from './breather.ts';
import { CsvIndex } from './csv-index.ts';
import type { NewFile, ReplaceFileSystem } from './file-system.ts';
import { RANDOM_CHARACTERS, replaceFile } from './replace-file.ts';
import { RewritePass } from './rewrite-pass.ts';
import { RowSet } from './row-set.ts';

/** Bytes read and written at a time: about a millisecond of work. */
const CHUNK_BYTES = 512 * 1024;
/** Edits that are looked through without a pause. */
const EDITS_PER_SLICE = 8 * 1024;

/** New texts of tracking cells, by row (from 0). */
export type CsvEdits = ReadonlyMap<number, Partial<TrackingCells>>;

export interface RewriteOptions {
  readonly edits: CsvEdits;
  /** Appends the tracking columns that the header lacks, and their cells to every full row. */
  readonly addTrackingColumns: boolean;
  /** Called when the new file is on the disk, before it is verified and renamed; what it throws stops the rewrite. */
  readonly beforeRename?: (tempPath: string) => void | Promise<void>;
  /** Bytes read at a time. */
  readonly chunkBytes?: number;
  /** What the new file is written and renamed with. */
  readonly fileSystem?: ReplaceFileSystem;
}

/**
 * Writes a new file in which only tracking cells differ, and puts it in the old one's place.
 * @param source the open file that `index` describes
 * @returns the index of the new file, derived from the old one; the same index when nothing changed
 */
export async function rewriteCsv(
  source: FileHandle,
  index: CsvIndex,
  { edits, addTrackingColumns, beforeRename, chunkBytes = CHUNK_BYTES, fileSystem }: RewriteOptions,
): Promise<CsvIndex> {
  const edited = await editedRows(index, edits, addTrackingColumns);
  const pass = new RewritePass(source, index, { edits, edited, addTrackingColumns, chunkBytes });
  const identity = await replaceFile({
    path: index.path,
    source,
    identity: index.identity,
    random: randomBytes(RANDOM_CHARACTERS / 2).toString('hex'),
    write: (temp: NewFile) => pass.write(temp),
    verify: (temp: NewFile, size: number) => pass.verify(temp, size),
    beforeRename,
    fileSystem,
  });
  return identity === null ? index : new CsvIndex({ ...index.parts, ...pass.derived(), identity });
}

/**
 * The rows with edits.
 * @throws RangeError for a row that is not there; RowtrailError csv_invalid when the file cannot take what is to be written
 */
async function editedRows(index: CsvIndex, edits: CsvEdits, addTrackingColumns: boolean): Promise<RowSet> {
  const missing = index.missingTrackingColumns;
  if (missing.length > 0 && addTrackingColumns) refuseTooLong(index);
  const rows = new RowSet(index.rowCount);
  const breather = new Breather(EDITS_PER_SLICE);
  for (const [row, cells] of edits) {
    if (breather.step()) await breather.breathe();
    if (!Number.isInteger(row) || row < 0 || row >= index.rowCount)
      throw new RangeError(`no row ${row} in the CSV`);
    const column = addTrackingColumns
      ? undefined
      : missing.find((name) => cells[name] !== undefined && cells[name] !== '');
    if (column !== undefined) {
      throw new RowtrailError('csv_invalid', `there is no column \`${column}\` to write to`, {
        file: index.path,
        line: index.headerLine,
      });
    }
    rows.add(row);
  }
  return rows;
}

function refuseTooLong(index: CsvIndex): void {
  const line = index.skipped.tooLong.lines[0];
  if (line === undefined) return;
  throw new RowtrailError(
    'csv_invalid',
    `the row is longer than the header (${index.header.length} columns), so no columns can be added behind it; nothing was written`,
    { file: index.path, line, column: index.header.length + 1 },
  );
}
