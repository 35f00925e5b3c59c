import { randomBytes } from 'node:crypto';
import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { bootId, removeFile } from '../../../files/index.ts';
import type { ResponseFacts } from '../http/response-facts.ts';
import { merged, type Range } from './ranges.ts';

/** What must still be true of the host's file for a part of it to be continued. */
export type PartFacts = Pick<ResponseFacts, 'size' | 'etag' | 'lastModified' | 'md5' | 'crc32c' | 'encoding'>;

const headSchema = z.object({
  size: z.number().int().nonnegative().nullable(),
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
  md5: z.string().nullable(),
  crc32c: z.string().nullable(),
  encoding: z.string().nullable().default(null),
  boot: z.string().nullable(),
  part: z.string(),
  id: z.string(),
});

const rangeSchema = z
  .tuple([z.number().int().nonnegative(), z.number().int().nonnegative()])
  .transform(([start, end]): Range => ({ start, end }));

const syncedSchema = z.object({ id: z.string(), synced: z.array(rangeSchema) });

/** What is on record of a part. */
export interface PartRecord {
  readonly facts: PartFacts;
  /** Tells it from other records. */
  readonly id: string;
  /** What the part's file is known by: another one may have its name. */
  readonly part: string;
  /** Whether the machine has not been started again since: then what was written is there, whether the disk has it or not. */
  readonly isOfThisBoot: boolean;
  /** What has arrived, where several connections brought it; null where it came in order, as much as the file is long. */
  readonly ranges: readonly Range[] | null;
  /** What the disk had for sure, and has after a loss of power. */
  readonly synced: readonly Range[];
}

/**
 * The record beside a part: a line of facts, with what the machine is known by until it is started again; once several connections
 * write, a line for each range that was written; and from time to time a line of what was synced. A range gets its line after
 * its bytes, so a kill leaves no line without them, and `synced` after the disk said so. A line that a kill or a loss of power cut
 * off counts as none.
 */
export async function readRecord(path: string): Promise<PartRecord | null> {
  try {
    const [first = '', ...lines] = (await readFile(path, 'utf8')).split('\n');
    const { boot, part, id, ...facts } = headSchema.parse(JSON.parse(first));
    const values = lines.map(valueOf);
    const ranges = values.flatMap((value) => rangeSchema.safeParse(value).data ?? []);
    const synced = values.flatMap((value) => {
      const found = syncedSchema.safeParse(value).data;
      // After a loss of power there may be an old block of the disk, of another record.
      return found?.id === id ? found.synced : [];
    });
    return {
      facts,
      id,
      part,
      isOfThisBoot: boot !== null && boot === bootId(),
      ranges: ranges.length === 0 ? null : merged(ranges),
      synced: merged(synced),
    };
  } catch {
    // Missing or cut short by a crash: the file is fetched from its beginning.
    return null;
  }
}

function valueOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/**
 * Begins a record anew.
 * @param part what the part's file is known by
 * @param synced what is on the disk of the part, of all that was written so far
 * @returns the record's id
 * @throws the system error
 */
export async function beginRecord(
  path: string,
  { size, etag, lastModified, md5, crc32c, encoding }: PartFacts,
  part: string,
  synced: readonly Range[],
): Promise<string> {
  const id = randomBytes(8).toString('hex');
  const head = JSON.stringify({ size, etag, lastModified, md5, crc32c, encoding, boot: bootId(), part, id });
  const lines = synced.length === 0 ? [head] : [head, syncedLine(id, synced), ...synced.map(rangeLine)];
  await writeFile(`${path}.new`, `${lines.join('\n')}\n`);
  await rename(`${path}.new`, path);
  return id;
}

/** A record that is added to. */
export interface OpenRecord {
  /** Adds ranges whose bytes are written. @throws the system error */
  add(ranges: readonly Range[]): Promise<void>;
  /** Adds what the disk has of the part, and puts that on the disk. @throws the system error */
  addSynced(ranges: readonly Range[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens a record to add to it; what is added goes to the end in one piece. @throws the system error */
export async function openRecord(path: string, id: string): Promise<OpenRecord> {
  const file = await open(path, 'a');
  return {
    add: async (ranges) => void (await file.write(`${ranges.map(rangeLine).join('\n')}\n`)),
    addSynced: async (ranges) => {
      await file.write(`${syncedLine(id, ranges)}\n`);
      await file.datasync();
    },
    close: () => file.close(),
  };
}

const rangeLine = ({ start, end }: Range) => `[${start},${end}]`;

function syncedLine(id: string, ranges: readonly Range[]): string {
  return JSON.stringify({ id, synced: ranges.map(({ start, end }) => [start, end]) });
}

export function removeRecord(path: string): Promise<void> {
  return removeFile(path);
}
