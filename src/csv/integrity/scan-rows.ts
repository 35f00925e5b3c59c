import type { FileHandle } from 'node:fs/promises';
import { ErrorSeverity } from '../../errors/index.ts';
import { ReadAhead } from '../read-ahead.ts';
import { MAX_RECORD_BYTES, RecordScanner } from '../record-scanner.ts';
import type { RowCheck } from './check-row.ts';
import type { LenientHeader } from './lenient-header.ts';
import type { ProblemList } from './problem-list.ts';

export interface ScanRowsOptions {
  readonly check: RowCheck;
  readonly problems: ProblemList;
  /** Bytes read at a time. */
  readonly chunkBytes: number;
}

/**
 * Reads all rows once, in chunks, and goes on behind what is wrong; only where no row ends any more there is nothing to go
 * on with. Memory: two chunks or one row.
 */
export async function scanRows(
  handle: FileHandle,
  size: number,
  header: LenientHeader,
  options: ScanRowsOptions,
): Promise<void> {
  const ahead = new ReadAhead(handle, header.end, Math.min(options.chunkBytes, Math.max(size, 1)));
  try {
    await scan(ahead, header, options);
  } finally {
    await ahead.stop();
  }
}

async function scan(
  ahead: ReadAhead,
  header: LenientHeader,
  { check, problems, chunkBytes }: ScanRowsOptions,
): Promise<void> {
  const scanner = new RecordScanner(header.dialect, header.layout.header.length);
  const report = (line: number, cell: number, message: string): void =>
    problems.add({ severity: ErrorSeverity.ERROR, line, column: cell + 1, message });

  let buffer = Buffer.alloc(chunkBytes * 2);
  let filled = 0;
  let line = header.nextLine;
  /** The first NUL that was not reported, or -1. */
  let nul = -1;
  /** @param from the first byte of the record that it stands in */
  const reportNul = (from: number): void => {
    const before = new RecordScanner(header.dialect, 0);
    before.scan(buffer, from, nul, false);
    report(line + before.innerLines, before.cellCount, NUL_MESSAGE);
  };
  for (;;) {
    if (filled + chunkBytes > buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
    const bytesRead = await ahead.copyTo(buffer, filled, chunkBytes);
    const end = filled + bytesRead;
    const final = bytesRead === 0;
    if (nul < 0) nul = nulIn(buffer, filled, end);

    let from = 0;
    for (;;) {
      const next = scanner.scan(buffer, from, end, final);
      if (next < 0) break;
      if (nul >= 0 && nul < next) {
        reportNul(from);
        nul = nulIn(buffer, next, end);
      }
      check.check(buffer, from, line, scanner);
      line += scanner.innerLines + 1;
      from = next;
    }

    const tooLong = end - from > MAX_RECORD_BYTES;
    const open = scanner.openQuote;
    if (nul >= 0 && (final || tooLong)) reportNul(from);
    if (open !== null && (final || tooLong)) {
      report(line + open.innerLines, open.cell, 'a quote opens here and is never closed');
      return;
    }
    if (tooLong) {
      report(line, 0, 'the row does not end; is this a CSV?');
      return;
    }
    if (final) return;
    buffer.copyWithin(0, from, end);
    if (nul >= 0) nul -= from;
    filled = end - from;
  }
}

const NUL_MESSAGE = 'a NUL byte stands here: the file is damaged, or it is not a text file';

function nulIn(bytes: Buffer, from: number, to: number): number {
  const at = bytes.subarray(from, to).indexOf(0);
  return at < 0 ? -1 : from + at;
}
