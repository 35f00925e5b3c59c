import { createReadStream } from 'node:fs';
import type { Extent } from '../../csv/index.ts';
import { errnoOf } from '../../errors/index.ts';

/** How a text may stand in a file: as it is, in JSON, in a quoted CSV cell. */
export function formsOf(text: string): readonly string[] {
  return [...new Set([text, JSON.stringify(text).slice(1, -1), text.replaceAll('"', '""')])];
}

/** How a row_id stands in our own JSON files, which write it under these keys. */
export function jsonFormsOfRowId(rowId: string): readonly string[] {
  const value = JSON.stringify(rowId);
  return ['row_id', 'rowId', 'source_csv_row_id'].flatMap((key) => [
    `"${key}":${value}`,
    `"${key}": ${value}`,
  ]);
}

/**
 * Which of these texts a file holds, in whatever form. Its memory does not grow with the file; one that is gone holds none.
 * @param without a part of the file that does not count
 */
export async function textsIn(
  path: string,
  texts: readonly string[],
  without: Extent | null = null,
): Promise<ReadonlySet<string>> {
  const forms = texts.flatMap((text) => formsOf(text).map((form) => ({ text, bytes: Buffer.from(form) })));
  const found = new Set<string>();
  const parts =
    without === null
      ? [{}]
      : [{ end: without.start - 1 }, { start: without.end }].filter(({ end }) => end !== -1);
  for (const part of parts) {
    const longest = Math.max(1, ...forms.map(({ bytes }) => bytes.length));
    let kept = Buffer.alloc(0);
    try {
      for await (const chunk of createReadStream(path, { ...part, highWaterMark: CHUNK_BYTES })) {
        const bytes = Buffer.concat([kept, chunk as Buffer]);
        for (const { text, bytes: form } of forms)
          if (!found.has(text) && bytes.includes(form)) found.add(text);
        kept = bytes.subarray(Math.max(0, bytes.length - longest + 1));
      }
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
  }
  return found;
}

const CHUNK_BYTES = 1 << 20;
