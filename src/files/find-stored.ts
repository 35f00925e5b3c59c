import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ItemKind, RowContext } from '../row/index.ts';
import { mayHold } from './case-variants.ts';
import { hashFile } from './hash.ts';
import type { SidecarFile } from './sidecar-format.ts';
import { sidecarName } from './sidecar-name.ts';
import { readSidecarFile } from './sidecar.ts';
import { isSameItem, numberedStem, type StoredItem } from './store.ts';

export interface StoredQuery {
  readonly outputDir: string;
  readonly row: RowContext;
  readonly stem: string;
  readonly kind: ItemKind;
  readonly mediaId: string;
  /** What has to have been asked for; any will do where it is left out. */
  readonly requested?: string | null | undefined;
  /** Null, where no ledger keeps count, finds nothing: whoever asks without a ledger wants a fresh copy. */
  readonly generation: number | null;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A finished item of this row and generation that a crash kept from being recorded, so that it need not be fetched
 * again: its sidecar matches and every file that it lists has the size and the hash on record.
 * @throws RowtrailError (sidecar_newer, access_denied), AbortError
 */
export async function findStored(query: StoredQuery): Promise<StoredItem | null> {
  const { outputDir, row, stem, kind, mediaId, requested, generation, signal } = query;
  if (generation === null) return null;
  for (let n = 1; ; n += 1) {
    const metadataFile = sidecarName(numberedStem(stem, n), kind);
    if (!(await mayHold(outputDir, metadataFile))) return null;
    const sidecar = await readSidecarFile(join(outputDir, metadataFile));
    if (sidecar === null) return null;
    if (!isSameItem(sidecar, row, { kind, mediaId })) continue;
    if (sidecar.generation !== generation || sidecar.files.length === 0) return null;
    if (requested !== undefined && sidecar.requested !== requested) return null;
    for (const file of sidecar.files) {
      if (!(await isWhole(join(outputDir, file.name), file, signal))) return null;
    }
    return {
      files: sidecar.files.map(({ name, size, sha256 }) => ({ path: name, size, sha256 })),
      metadataFile,
    };
  }
}

async function isWhole(
  path: string,
  expected: SidecarFile,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile() || found.size !== expected.size) return false;
  return (await hashFile(path, { signal })).sha256 === expected.sha256;
}
