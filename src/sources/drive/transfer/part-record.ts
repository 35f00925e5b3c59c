import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ResponseFacts } from '../response-facts.ts';
import { merged, type Range } from './ranges.ts';

/** What must still be true of the host's file for a part of it to be continued. */
export type PartFacts = Pick<ResponseFacts, 'size' | 'etag' | 'lastModified' | 'md5' | 'crc32c'>;

const factsSchema = z.object({
  size: z.number().int().nonnegative().nullable(),
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
  md5: z.string().nullable(),
  crc32c: z.string().nullable(),
});

const rangeSchema = z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]);

/** What is on record of a part. */
export interface PartRecord {
  readonly facts: PartFacts;
  /** What has arrived, where several connections brought it; null where it came in order, as much as the file is long. */
  readonly ranges: readonly Range[] | null;
}

/**
 * The record beside a part: a line of facts, then, once several connections write, a line for each range that was
 * written. A range gets its line after its bytes, so a kill leaves no line without them; a line that a kill cut off
 * counts as none.
 */
export async function readRecord(path: string): Promise<PartRecord | null> {
  try {
    const [first = '', ...lines] = (await readFile(path, 'utf8')).split('\n');
    const facts = factsSchema.parse(JSON.parse(first));
    const ranges = lines.flatMap(rangeOf);
    return { facts, ranges: ranges.length === 0 ? null : merged(ranges) };
  } catch {
    // Missing or cut short by a crash: the file is fetched from its beginning.
    return null;
  }
}

function rangeOf(line: string): readonly Range[] {
  try {
    const [start, end] = rangeSchema.parse(JSON.parse(line));
    return [{ start, end }];
  } catch {
    return [];
  }
}

/** Begins a record anew. @throws the system error */
export async function beginRecord(path: string, facts: PartFacts): Promise<void> {
  const { size, etag, lastModified, md5, crc32c } = facts;
  await writeFile(`${path}.new`, `${JSON.stringify({ size, etag, lastModified, md5, crc32c })}\n`);
  await rename(`${path}.new`, path);
}

/** A record that ranges are added to. */
export interface OpenRecord {
  /** Adds a range whose bytes are written. @throws the system error */
  add(range: Range): Promise<void>;
  close(): Promise<void>;
}

/** Opens a record to add to it; each line goes to the end in one piece. @throws the system error */
export async function openRecord(path: string): Promise<OpenRecord> {
  const file = await open(path, 'a');
  return {
    add: async ({ start, end }) => void (await file.write(`[${start},${end}]\n`)),
    close: () => file.close(),
  };
}

export async function removeRecord(path: string): Promise<void> {
  await rm(path, { force: true });
}
