import type { FileHandle } from 'node:fs/promises';

/** Writes chunks one after the other into a file, from a position on. @returns where the written bytes end @throws the system error */
export async function writeAll(file: FileHandle, chunks: readonly Buffer[], start: number): Promise<number> {
  let position = start;
  let rest = [...chunks];
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest, position);
    position += bytesWritten;
    rest = after(rest, bytesWritten);
  }
  return position;
}

/** What is left of the chunks after so many bytes of them. */
function after(chunks: readonly Buffer[], bytes: number): Buffer[] {
  let left = bytes;
  return chunks.flatMap((chunk) => {
    const skipped = Math.min(left, chunk.length);
    left -= skipped;
    return skipped === chunk.length ? [] : [chunk.subarray(skipped)];
  });
}
