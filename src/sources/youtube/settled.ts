import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { causeFacts, errnoOf, fileError } from '../../errors/index.ts';
import { type ItemFailure, type ItemKey, itemKey, type ItemResult } from '../../row/index.ts';

const FILE = 'settled.jsonl';

export function isSettledFile(name: string): boolean {
  return name === FILE;
}

const entry = z.object({
  kind: z.enum(['video', 'transcript']),
  mediaId: z.string(),
  cause: z.string(),
  message: z.string(),
  generation: z.number().nullable(),
  credentials: z.string().nullable(),
});

/** What the answers about items depend on: with other credentials, or after a reset, they are asked for again. */
export interface SettledKey {
  readonly generation: number | null;
  readonly credentials: string | null;
}

/**
 * Items of a download that cannot be had for good, noted in its staging folder as they are met, so that an attempt that
 * goes on after a kill, or because of other items, does not visit them again.
 */
export class SettledItems {
  readonly #path: string;
  readonly #key: SettledKey;
  readonly #known: Map<string, ItemFailure>;

  private constructor(path: string, key: SettledKey, known: Map<string, ItemFailure>) {
    this.#path = path;
    this.#key = key;
    this.#known = known;
  }

  /** @throws RowtrailError (access_denied) */
  static async open(attemptDir: string, key: SettledKey): Promise<SettledItems> {
    const path = join(attemptDir, FILE);
    const known = new Map<string, ItemFailure>();
    for (const line of await linesOf(path)) {
      const parsed = entry.safeParse(parseJson(line));
      if (!parsed.success) continue;
      const { kind, mediaId, cause, message, generation, credentials } = parsed.data;
      if (generation !== key.generation || credentials !== key.credentials) continue;
      known.set(itemKey({ kind, mediaId }), { cause, message });
    }
    return new SettledItems(path, key, known);
  }

  get isEmpty(): boolean {
    return this.#known.size === 0;
  }

  /** Why an item cannot be had, or null where that is not settled. */
  of(key: ItemKey): ItemFailure | null {
    return this.#known.get(itemKey(key)) ?? null;
  }

  /** Notes what cannot be had for good. @throws RowtrailError (disk_full, access_denied, write_failed) */
  async note(items: readonly ItemResult[]): Promise<void> {
    for (const { kind, mediaId, failure } of items) {
      if (failure === null || mediaId === null || causeFacts(failure.cause).verdict !== 'never') continue;
      const { cause, message } = failure;
      if (this.of({ kind, mediaId }) !== null) continue;
      this.#known.set(itemKey({ kind, mediaId }), { cause, message });
      const line = JSON.stringify({ kind, mediaId, cause, message, ...this.#key });
      await appendFile(this.#path, `${line}\n`).catch((error: unknown) => {
        throw fileError(error, 'What cannot be had could not be noted', { file: this.#path });
      });
    }
  }
}

async function linesOf(path: string): Promise<readonly string[]> {
  try {
    return (await readFile(path, 'utf8')).split('\n');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw fileError(error, 'What cannot be had could not be read', { file: path });
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
