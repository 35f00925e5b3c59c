import type { FileHandle } from 'node:fs/promises';
import { RowtrailError } from '../../errors/index.ts';
import type { ColumnMapping } from '../column-mapping.ts';
import { parseHeader } from '../header.ts';
import { openFile, ordinaryFile } from '../open-file.ts';
import { type GuessedHeader, guessHeader } from './guess-header.ts';

/** A header is looked for within so many bytes. */
const HEADER_BYTES = 1024 * 1024;

/** A CSV that was opened for a first look. */
export interface OpenedHeader {
  readonly handle: FileHandle;
  readonly size: number;
  readonly header: GuessedHeader;
}

/**
 * Opens a CSV and reads its header, whether or not its names are known.
 * @throws RowtrailError for a file that is missing or cannot be read, is no CSV, or has no header
 */
export async function openHeader(csvPath: string, columns: ColumnMapping): Promise<OpenedHeader> {
  const handle = await openFile(csvPath);
  try {
    const size = Number(ordinaryFile(handle, csvPath).size);
    const bytes = Buffer.alloc(Math.min(size, HEADER_BYTES));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    const head = bytes.subarray(0, bytesRead);
    const header = guessHeader(head, bytesRead >= size, columns);
    refuseWhatIsNoHeader(head, header, columns, csvPath);
    if (header === null) throw new RowtrailError('csv_invalid', 'there is no header line', { file: csvPath });
    return { handle, size, header };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** As every other reader refuses it, but for the names that it lacks: any name will do for those. */
function refuseWhatIsNoHeader(
  head: Buffer,
  header: GuessedHeader | null,
  columns: ColumnMapping,
  path: string,
): void {
  const any = header?.layout.header[0];
  const had = (name: string): string =>
    any === undefined || header?.layout.header.includes(name.trim()) ? name : any;
  const { rowId, type, youtube } = columns;
  const satisfied = { ...columns, rowId: had(rowId), type: had(type), youtube: had(youtube) };
  parseHeader(head, true, satisfied, path);
}
