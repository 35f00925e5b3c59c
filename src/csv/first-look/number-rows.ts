import { type FileHandle, open, unlink } from 'node:fs/promises';
import { errnoOf, fileError, RowtrailError } from '../../errors/index.ts';
import { CR, HASH, isSpace, LF } from '../bytes.ts';
import { CsvChangedError } from '../csv-changed-error.ts';
import { type ColumnMapping, DEFAULT_COLUMNS } from '../column-mapping.ts';
import { identityOf, sameContent } from '../file-identity.ts';
import { OutputBuffer } from '../output-buffer.ts';
import { MAX_RECORD_BYTES, RecordScanner } from '../record-scanner.ts';
import { type OpenedHeader, openHeader } from './open-header.ts';

const CHUNK_BYTES = 256 * 1024;

export interface NumberedCopy {
  /** Rows that were given a row_id. */
  readonly rows: number;
}

/**
 * Writes a copy of a CSV with a row_id column in front: 1, 2, 3, ... in file order; every other byte as it is. Blank lines and
 * comments get none, a repeated header the column's name. The CSV itself is not touched. Rejects and leaves nothing where the
 * copy cannot be finished; a kill may leave an unfinished one.
 * @param target a file that does not exist yet
 * @throws RowtrailError for a CSV that cannot be read or has a row_id column already, csv_invalid for a quote that is not closed,
 *   usage where the target is there, access_denied where it cannot be written
 */
export async function writeNumberedCopy(
  csvPath: string,
  target: string,
  { columns: given = {} }: { readonly columns?: Partial<ColumnMapping> | undefined } = {},
): Promise<NumberedCopy> {
  const columns = { ...DEFAULT_COLUMNS, ...given };
  const opened = await openHeader(csvPath, columns);
  try {
    if (opened.header.layout.rowId >= 0)
      throw new RowtrailError('csv_invalid', `there is a column \`${columns.rowId}\` already`, {
        file: csvPath,
      });
    return await copyTo(target, opened, columns.rowId, csvPath);
  } finally {
    await opened.handle.close();
  }
}

async function copyTo(
  target: string,
  opened: OpenedHeader,
  name: string,
  csvPath: string,
): Promise<NumberedCopy> {
  let out: FileHandle;
  try {
    out = await open(target, 'wx');
  } catch (error) {
    if (errnoOf(error) === 'EEXIST')
      throw new RowtrailError(
        'usage',
        'this file exists already and is not overwritten; move it away first, or use it as it is',
        { file: target },
      );
    throw fileError(error, 'the copy cannot be made', { file: target });
  }
  let finished = false;
  try {
    const before = identityOf(await opened.handle.stat({ bigint: true }));
    const rows = await copyRecords(opened, name, out, csvPath);
    const after = identityOf(await opened.handle.stat({ bigint: true }));
    if (!sameContent(before, after)) throw new CsvChangedError(csvPath);
    await out.sync();
    finished = true;
    return { rows };
  } catch (error) {
    throw error instanceof RowtrailError ? error : fileError(error, 'the copy failed', { file: target });
  } finally {
    await out.close();
    if (!finished) await unlink(target);
  }
}

/** @returns how many rows there were */
async function copyRecords(
  { handle, size, header }: OpenedHeader,
  name: string,
  target: FileHandle,
  csvPath: string,
): Promise<number> {
  const { delimiter } = header.dialect;
  const scanner = new RecordScanner(header.dialect, 1);
  const writer = new OutputBuffer(target, CHUNK_BYTES);
  let buffer = Buffer.alloc(CHUNK_BYTES * 2);
  let headerBytes: Buffer | null = null;
  let [filled, base, from, rows] = [0, 0, 0, 0];
  for (;;) {
    if (filled + CHUNK_BYTES > buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
    const { bytesRead } = await handle.read(buffer, filled, CHUNK_BYTES, base + filled);
    filled += bytesRead;
    const final = bytesRead === 0 || base + filled >= size;
    for (;;) {
      if (base + from < header.start) {
        const lead = header.start - base;
        if (lead > filled) break;
        await writer.write(buffer.subarray(from, lead));
        from = lead;
      }
      const next = scanner.scan(buffer, from, filled, final);
      if (next < 0) break;
      const record = buffer.subarray(from, next);
      const content = record.subarray(0, scanner.contentLength);
      headerBytes ??= Buffer.from(content);
      if (content.equals(headerBytes)) writer.append(Buffer.from(`${name}${delimiter}`));
      else if (isRow(content, delimiter.charCodeAt(0))) writer.append(Buffer.from(`${++rows}${delimiter}`));
      await writer.write(record);
      from = next;
    }
    if (final) break;
    if (filled - from > MAX_RECORD_BYTES) break;
    buffer.copyWithin(0, from, filled);
    base += from;
    filled -= from;
    from = 0;
  }
  if (from < filled)
    throw new RowtrailError('csv_invalid', 'a quote is opened and never closed', { file: csvPath });
  await writer.flush();
  return rows;
}

/** A blank line, one of nothing but delimiters, and a comment are none. */
function isRow(content: Buffer, delimiter: number): boolean {
  if (content[0] === HASH) return false;
  return content.some((byte) => byte !== delimiter && byte !== CR && byte !== LF && !isSpace(byte));
}
