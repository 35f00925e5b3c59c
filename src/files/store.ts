import { mkdir, rename, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileError } from '../errors/index.ts';
import type { RowContext, StoredFile } from '../row/index.ts';
import { mayHold, rememberName } from './case-variants.ts';
import { claimName, moveIfFree } from './claim.ts';
import { syncFile, writeDurably } from './durable.ts';
import { syncFolder } from './folder-sync.ts';
import { hashFile } from './hash.ts';
import { holdLane, type Lane } from './lane.ts';
import { removeFile } from './remove-file.ts';
import {
  formatSidecar,
  type ItemFacts,
  type Sidecar,
  type SidecarFile,
  type SidecarIdentity,
} from './sidecar-format.ts';
import { sidecarName } from './sidecar-name.ts';

/** A whole, verified file in an attempt's staging folder. */
export interface StagedFile {
  readonly path: string;
  /** What follows the stem, with its dot: `.mp4`, `.en.vtt`; empty for none. */
  readonly extension: string;
  /** Bytes; with `sha256`, saves reading the file once more. */
  readonly size?: number;
  /** Of the whole file, hex. */
  readonly sha256?: string;
}

/** A whole, verified file that is still in memory. */
export interface FileInMemory {
  readonly bytes: Uint8Array;
  readonly extension: string;
  /** Hex. */
  readonly sha256: string;
}

export interface StoreRequest {
  readonly outputDir: string;
  /** The download folder, where it is one above `outputDir`: small files are staged there. */
  readonly downloadDir?: string | undefined;
  readonly row: RowContext;
  /** As `fileStem` made it. */
  readonly stem: string;
  readonly staged: readonly [StagedFile | FileInMemory, ...StagedFile[]];
  readonly sidecar: ItemFacts;
  /** What the sidecar holds of name and e-mail (default `full`). */
  readonly identity?: SidecarIdentity | undefined;
  readonly now: Date;
}

/** An item in the download folder; the paths are relative to that folder. */
export interface StoredItem {
  readonly files: readonly StoredFile[];
  readonly metadataFile: string;
}

const EXTENSION = /^(?:\.[A-Za-z0-9_-]{1,30}){0,4}$/;

/**
 * Moves an item's files from staging to their final names and writes the item's sidecar. Another item's file is never
 * replaced: a name that is taken (in any case) gets `~2`, `~3`. Files of the same row and item are replaced.
 *
 * A crash at any point leaves no file that no sidecar names: the sidecar, which lists names, sizes and hashes, is on
 * disk before the first file gets its name. Until then the files stay in staging for the next attempt.
 * @throws RowtrailError (disk_full, access_denied, write_failed)
 */
export async function storeItem(request: StoreRequest): Promise<StoredItem> {
  mustBeExtensions(request.staged);
  const lane = holdLane(request.downloadDir ?? request.outputDir);
  try {
    const { outputDir, downloadDir = outputDir } = request;
    // The download folder itself comes with its staging.
    if (downloadDir !== outputDir) await mkdir(outputDir, { recursive: true });
    const staged = await Promise.all(request.staged.map((file) => sealed(file, lane)));
    for (let n = 1; ; n += 1) {
      const stored = await storeAs(numberedStem(request.stem, n), staged, lane, request);
      if (stored !== null) return stored;
    }
  } catch (error) {
    throw fileError(error, 'The download could not be put into its folder', { file: request.outputDir });
  } finally {
    await lane.release();
  }
}

/** @throws TypeError for one that is none */
export function mustBeExtensions(staged: readonly { readonly extension: string }[]): void {
  for (const { extension } of staged)
    if (!EXTENSION.test(extension)) throw new TypeError(`Not an extension: ${JSON.stringify(extension)}`);
}

/** The names to try for an item, in this order: the stem itself, then `~2`, `~3`. */
export function numberedStem(stem: string, n: number): string {
  return n === 1 ? stem : `${stem}~${n}`;
}

/** Whether a sidecar is that of the same item of the same row. */
export function isSameItem(
  sidecar: Sidecar,
  row: RowContext,
  { kind, mediaId }: Pick<ItemFacts, 'kind' | 'mediaId'>,
): boolean {
  return sidecar.row.rowId === row.rowId && sidecar.kind === kind && sidecar.mediaId === mediaId;
}

interface SealedFile {
  readonly path: string;
  readonly extension: string;
  readonly size: number;
  readonly sha256: string;
  /** Its bytes are on the disk. */
  readonly synced: Promise<void>;
}

/** The file as it is to be stored. The disk is only asked to have it; `synced` is due before it gets its name. */
async function sealed(file: StagedFile | FileInMemory, lane: Lane): Promise<SealedFile> {
  if ('bytes' in file) {
    const { bytes, extension, sha256 } = file;
    const path = await lane.path('.file');
    const size = bytes.length;
    const synced = awaitedLater(writeDurably(path, bytes));
    return { path, extension, size, sha256, synced };
  }
  const { path, extension, size, sha256 } = file;
  const synced = awaitedLater(syncFile(path));
  if (size === undefined || sha256 === undefined)
    return { path, extension, ...(await hashFile(path)), synced };
  const { size: onDisk } = await stat(path);
  if (onDisk !== size) throw new Error(`${basename(path)} has ${onDisk} bytes where ${size} were received`);
  return { path, extension, size, sha256, synced };
}

/** What it fails with is met by those who wait for it; until then it must not count as unhandled. */
function awaitedLater(work: Promise<void>): Promise<void> {
  work.catch(() => {});
  return work;
}

/** Stores under one stem, or answers null when another item has it. */
async function storeAs(
  stem: string,
  staged: readonly SealedFile[],
  lane: Lane,
  request: StoreRequest,
): Promise<StoredItem | null> {
  const { outputDir, row, sidecar: item, identity, now } = request;
  const metadataFile = sidecarName(stem, item.kind);
  const sidecarPath = join(outputDir, metadataFile);
  const files = staged.map(({ extension, size, sha256 }) => ({ name: stem + extension, size, sha256 }));
  const mayBeThere = await mayHold(outputDir, metadataFile);
  const earlier = mayBeThere ? await readEarlier(sidecarPath) : null;
  if (earlier !== null && !isSameItem(earlier, row, item)) return null;

  const written = await lane.path('.metadata');
  const content = Buffer.from(formatSidecar({ row, item, files, now, identity }));
  // The disk gets files and sidecar together, in one wait; no name is given before it has them all.
  await Promise.all([writeDurably(written, content), ...staged.map(({ synced }) => synced)]);
  const listed = new Set(earlier?.files.map((file) => file.name));
  if (earlier === null) {
    const mediaNames = files.map(({ name }) => name);
    if (!(await claimName(written, sidecarPath, mediaNames))) {
      // Another process has made it since this one looked: it may be this very item's.
      if (mayBeThere || (await readEarlier(sidecarPath)) === null) return null;
      await rememberName(outputDir, metadataFile);
      return storeAs(stem, staged, lane, request);
    }
  } else {
    await removeUnlisted(outputDir, listed, files);
    await rename(written, sidecarPath);
  }

  const placed: string[] = [];
  for (const [index, { path }] of staged.entries()) {
    const name = files[index]?.name ?? '';
    const target = join(outputDir, name);
    if (listed.has(name)) await rename(path, target);
    else if (!moveIfFree(path, target)) {
      await giveBack(placed, staged, sidecarPath);
      return null;
    }
    placed.push(target);
  }
  await syncFolder(outputDir);
  return { files: files.map(({ name, size, sha256 }) => ({ path: name, size, sha256 })), metadataFile };
}

/** The reader of sidecars is loaded when there is one: what checks them would be a third of the storing thread's memory. */
async function readEarlier(path: string): Promise<Sidecar | null> {
  const { readSidecarFile } = await import('./sidecar.ts');
  return readSidecarFile(path);
}

/** What the earlier sidecar lists and the new one does not would belong to nothing. */
async function removeUnlisted(
  outputDir: string,
  listed: ReadonlySet<string>,
  files: readonly SidecarFile[],
): Promise<void> {
  const kept = new Set(files.map(({ name }) => name));
  for (const name of listed) {
    if (!kept.has(name)) await removeFile(join(outputDir, name));
  }
}

/** A file appeared under a name that was free a moment ago: everything goes back and the next stem is tried. */
async function giveBack(
  placed: readonly string[],
  staged: readonly SealedFile[],
  sidecarPath: string,
): Promise<void> {
  for (const [index, target] of placed.entries()) {
    await rename(target, staged[index]?.path ?? target);
  }
  await removeFile(sidecarPath);
}
