import type { Readable } from 'node:stream';
import type { CopyRequest } from '../store-copy.ts';
import type { StoredQuery } from '../find-stored.ts';
import type { ScannedSidecar, SidecarScan } from '../scan-sidecars.ts';
import type { Sidecar } from '../sidecar-format.ts';
import type { AttemptKey } from '../staging.ts';
import type { StoredItem, StoreRequest } from '../store.ts';
import type { Expected } from '../bucket/prove.ts';
import type { DiskFile, FolderContent } from '../walk.ts';

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Where inside an output something goes. */
export interface Inside {
  /** Relative, with `/`; empty, or left out, for the output itself. */
  readonly folder?: string | undefined;
}

export type ItemToStore = Omit<StoreRequest, 'outputDir' | 'downloadDir'> &
  Inside & { readonly signal?: AbortSignal | undefined };
export type StoredItemQuery = Omit<StoredQuery, 'outputDir'> & Inside;
export type ItemToCopy = Omit<CopyRequest, 'outputDir' | 'downloadDir' | 'stagingDir'> &
  Inside & {
    /** A folder of the attempt's own, made when it is needed. */ readonly stagingDir: () => Promise<string>;
  };

/**
 * Where the files of a download type go, and where they are read again: a folder, or a bucket in object storage. Sources and workflow know
 * nothing else of it. All paths are relative to the output, with `/`.
 *
 * Attempts stage on this machine in either case (`workDir`), so that what was cut off is continued in the same way. Both keep one rule: the
 * sidecar takes an item's name before its files get theirs, so that no crash leaves a file that nobody knows, and another item's file
 * is never replaced.
 */
export interface Output {
  /** As it is recorded and shown: an absolute path, or `s3://bucket/prefix`. `outputAt` makes the same output of it. */
  readonly address: string;
  /** The local folder that holds `.rowtrail-staging`, absolute. */
  readonly workDir: string;

  /** As `storeItem` of a folder; afterwards nothing of the item is left in staging. @throws RowtrailError; AbortError where it heeds the signal */
  storeItem(item: ItemToStore): Promise<StoredItem>;
  /** A finished item of this row and generation that a crash kept from being recorded; null where it is not there, or not whole. */
  findStored(query: StoredItemQuery): Promise<StoredItem | null>;
  /** Gives a row its own files of a medium that another row has; null where that copy cannot stand in. */
  storeCopy(copy: ItemToCopy): Promise<StoredItem | null>;
  /** A name for a row's own folder that is no other's, whatever its case. Nothing is made. */
  freeFolderName(wanted: string): Promise<string>;
  /** Makes a folder's own name durable, where there is such a thing. */
  settleFolders(folder: string): Promise<void>;
  /** Prepares for many small files. @returns lets go of it */
  holdSmallFiles(): Promise<() => Promise<void>>;
  /** As `clearStaging` of a folder; uploads that nobody will complete are given up as well. */
  clearStaging(keep: Iterable<AttemptKey>): Promise<void>;
  /** Whether files can be put here: changes nothing. @throws RowtrailError with the cause */
  check(): Promise<void>;

  /** @returns null where there is no such sidecar */
  readSidecar(path: string): Promise<Sidecar | null>;
  scanSidecars(scan: SidecarScan): AsyncGenerator<ScannedSidecar>;
  /** Every file in it. */
  content(): Promise<FolderContent>;
  /** @returns null where there is no such file */
  lookAt(path: string): Promise<DiskFile | null>;
  /** Whether a file is what it has to be, as far as that is known without reading it; null where only its bytes can tell. */
  judge(path: string, expected: Expected): Promise<boolean | null>;
  /**
   * The bytes of a file, or of a part of it.
   * @param range its first and last byte, from 0
   * @returns null where there is none
   */
  read(path: string, range?: ByteRange): Promise<Readable | null>;
  /** Removes one file; one that is not there is none to remove. */
  remove(path: string): Promise<void>;
}
