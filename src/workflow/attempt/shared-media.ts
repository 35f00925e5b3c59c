import { basename, dirname } from 'node:path';
import {
  fingerprintOf,
  findSidecarOf,
  type KnownCopy,
  type MediumKey,
  placeIn,
  type SharedMedia,
  readSidecar,
  type SidecarPlace,
} from '../../files/index.ts';
import type { Ledger } from '../../ledger/index.ts';

/**
 * Keeps the rows of a run from fetching one medium twice: who comes second waits for the first, and takes its copy. What earlier runs brought
 * for other rows counts as well, as long as it was asked for in the same form.
 */
export function sharedMedia(ledger: () => Promise<Ledger>, share: boolean): SharedMedia {
  /** Who fetches a medium now: resolves when they are done. */
  const turns = new Map<string, Promise<void>>();
  const brought = new BroughtMedia();
  return {
    share,
    async take(key, { rowId, generation }, signal) {
      const name = JSON.stringify([key.kind, key.mediaId, key.requested]);
      for (let other = turns.get(name); other !== undefined; other = turns.get(name))
        await orAborted(other, signal);
      const print = fingerprintOf(name);
      const { promise, resolve } = Promise.withResolvers<void>();
      turns.set(name, promise);
      const end = (sidecar: SidecarPlace | null) => {
        if (sidecar !== null) brought.add(print, sidecar);
        turns.delete(name);
        resolve();
      };
      try {
        const mine = brought.get(print);
        const known = mine === undefined ? null : await copyAt(placeIn(mine.folder, mine.file), key, true);
        // After a reset the host is asked again: what an earlier run brought for others counts as not done, too.
        const isFresh = (generation ?? 1) > 1;
        return { copy: known ?? (isFresh ? null : await copyOnRecord(await ledger(), key, rowId)), end };
      } catch (error) {
        end(null);
        throw error;
      }
    },
  };
}

/** What this run brought, by the fingerprints of the media's names: a million take 150 MB. */
class BroughtMedia {
  readonly #places = new Map<number, SidecarPlace>();
  /** Each file comes with a text of its own for the folder that they share. */
  readonly #folders = new Map<string, string>();

  add(print: number, { folder, file }: SidecarPlace): void {
    const shared = this.#folders.get(folder) ?? folder;
    this.#folders.set(shared, shared);
    this.#places.set(print, { folder: shared, file });
  }

  /** Where its sidecar stands, or that of another one with the same fingerprint. */
  get(print: number): SidecarPlace | undefined {
    return this.#places.get(print);
  }
}

async function orAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', abort);
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function copyOnRecord(ledger: Ledger, key: MediumKey, rowId: string): Promise<KnownCopy | null> {
  for (const { rowId: owner, folder, path } of await ledger.filesOfMedium(key)) {
    if (owner === rowId || folder === null) continue;
    const found = await findSidecarOf(placeIn(folder, path));
    const copy = found === null ? null : await copyAt(found.path, key, false);
    if (copy !== null && copy.sidecar.row.rowId === owner) return copy;
  }
  return null;
}

async function copyAt(
  path: string,
  { kind, mediaId, requested }: MediumKey,
  isOfThisRun: boolean,
): Promise<KnownCopy | null> {
  const sidecar = await readSidecar(path);
  if (sidecar === null || sidecar.files.length === 0) return null;
  const isSame = sidecar.kind === kind && sidecar.mediaId === mediaId && sidecar.requested === requested;
  return isSame ? { folder: dirname(path), sidecar, sidecarFile: basename(path), isOfThisRun } : null;
}
