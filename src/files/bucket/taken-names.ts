import { hash } from 'node:crypto';
import { basename } from 'node:path';
import { foldName } from '../fold-name.ts';
import { isSidecarName } from '../sidecar-name.ts';
import type { BucketClient } from './bucket.ts';

/**
 * Which names a folder of a bucket may hold whatever their case, as far as this process knows: a bucket keeps `Ab` and `ab` apart, a copy
 * of it on macOS or Windows does not. Read once, when the first name is given; what others give meanwhile is met by the storage where it
 * is the very same name. Numbers instead of names, because there may be a million.
 */
export class TakenNames {
  readonly #bucket: BucketClient;
  readonly #folder: string;
  #known: Promise<{ readonly sidecars: Set<number>; readonly folders: Map<string, string> }> | null = null;
  readonly #turns = new Map<number, Promise<unknown>>();

  constructor(bucket: BucketClient, folder: string) {
    this.#bucket = bucket;
    this.#folder = folder;
  }

  /** Does some work alone with a name: two that differ in case only are never given at the same time. */
  async inTurn<T>(sidecarName: string, work: () => Promise<T>): Promise<T> {
    const key = numberOf(sidecarName);
    const before = this.#turns.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#turns.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#turns.get(key) === mine) this.#turns.delete(key);
    }
  }

  /** Whether there is another sidecar whose name differs in case or Unicode form only. */
  async hasCaseVariant(sidecarName: string): Promise<boolean> {
    const { sidecars } = await this.#names();
    if (!sidecars.has(numberOf(sidecarName))) return false;
    for await (const { path } of this.#bucket.list(this.#folder, { deep: false })) {
      const name = basename(path);
      if (name !== sidecarName && foldName(name) === foldName(sidecarName)) return true;
    }
    return false;
  }

  async remember(sidecarName: string): Promise<void> {
    (await this.#names()).sidecars.add(numberOf(sidecarName));
  }

  /** The wanted name for a folder in it, or with `~2`, `~3` behind it where another one has it in other case. */
  async freeFolder(wanted: string): Promise<string> {
    const { folders } = await this.#names();
    for (let n = 1; ; n += 1) {
      const candidate = n === 1 ? wanted : `${wanted}~${n}`;
      const holder = folders.get(foldName(candidate));
      if (holder !== undefined && holder !== candidate) continue;
      folders.set(foldName(candidate), candidate);
      return candidate;
    }
  }

  async #names() {
    const reading = (this.#known ??= this.#read());
    try {
      return await reading;
    } catch (error) {
      // The next one asks again.
      if (this.#known === reading) this.#known = null;
      throw error;
    }
  }

  async #read() {
    const sidecars = new Set<number>();
    const folders = new Map<string, string>();
    for await (const { path } of this.#bucket.list(this.#folder, { deep: false })) {
      const name = basename(path);
      if (path.endsWith('/')) folders.set(foldName(name), name);
      else if (isSidecarName(name)) sidecars.add(numberOf(name));
    }
    return { sidecars, folders };
  }
}

function numberOf(name: string): number {
  return hash('sha256', foldName(name), 'buffer').readUIntBE(0, 6);
}
