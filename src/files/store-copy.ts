import { join } from 'node:path';
import type { RowContext } from '../row/index.ts';
import { cloneFile } from './clone.ts';
import { hashFile } from './hash.ts';
import type { KnownCopy } from './keeping.ts';
import { removeFile } from './remove-file.ts';
import { splitExtension } from './safe-name.ts';
import type { ItemFacts, SidecarIdentity } from './sidecar-format.ts';
import { stemOfSidecar } from './sidecar-name.ts';
import type { StagedFile, StoredItem, StoreRequest } from './store.ts';

export interface CopyRequest {
  readonly copy: KnownCopy;
  readonly outputDir: string;
  /** As `StoreRequest` has it. */
  readonly downloadDir?: string | undefined;
  /** A folder of the attempt's own, on the file system of `outputDir`. */
  readonly stagingDir: string;
  readonly row: RowContext;
  readonly stem: string;
  /** What is the row's own; title, channel and the like are those of the copy. */
  readonly own: Pick<
    ItemFacts,
    'kind' | 'mediaId' | 'position' | 'sourceUrl' | 'generation' | 'attempt' | 'startedAt' | 'csv'
  >;
  readonly identity: SidecarIdentity | undefined;
  /** Whether the copies may share blocks on the disk. */
  readonly share: boolean;
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gives a row its own files of a medium that another row has: the same bytes under its own name, with a sidecar of its own. They share the
 * disk where the file system can (a reflink, else a hard link), and are read once to be sure that they are what is on record.
 * @returns null where the copy is not whole any more
 * @throws RowtrailError (disk_full, access_denied, write_failed), AbortError
 */
export async function storeCopy(
  request: CopyRequest,
  storeItem: (item: StoreRequest) => Promise<StoredItem>,
): Promise<StoredItem | null> {
  const { copy, outputDir, downloadDir, stagingDir, row, stem, own, identity, share, now, signal } = request;
  const { sidecar, folder } = copy;
  const staged: StagedFile[] = [];
  try {
    for (const [at, { name, size, sha256 }] of sidecar.files.entries()) {
      const path = join(stagingDir, `copy-${own.kind}-${at}-${process.hrtime.bigint()}`);
      if (!(await isCloned(join(folder, name), path, share))) return null;
      staged.push({ path, extension: extensionOfCopy(name, copy), size, sha256 });
      const found = await hashFile(path, { signal });
      if (found.size !== size || found.sha256 !== sha256) return null;
    }
    const [first, ...others] = staged;
    if (first === undefined) return null;
    const { title, channel, mediaTypes, tools, requested } = sidecar;
    return await storeItem({
      outputDir,
      downloadDir,
      row,
      stem,
      staged: [first, ...others],
      sidecar: { ...own, title, channel, mediaTypes, tools, requested },
      identity,
      now,
    });
  } finally {
    for (const { path } of staged) await removeFile(path);
  }
}

/** False where the other row's file is gone. */
async function isCloned(from: string, to: string, share: boolean): Promise<boolean> {
  try {
    await cloneFile(from, to, share);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return false;
  }
}

/** What follows the stem in the copy's name: `.en.vtt` is more than an extension. */
export function extensionOfCopy(name: string, { sidecarFile }: KnownCopy): string {
  const stem = stemOfSidecar(sidecarFile).replace(/\.transcript$/, '');
  return name.startsWith(`${stem}.`) ? name.slice(stem.length) : splitExtension(name).extension;
}
