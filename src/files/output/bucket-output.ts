import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { fileError } from '../../errors/index.ts';
import type { BucketClient } from '../bucket/bucket.ts';
import {
  type BucketAddress,
  formatBucketAddress,
  isBucketAddress,
  parseBucketAddress,
} from '../bucket/bucket-address.ts';
import { contentOf, copyOf } from '../bucket/contents.ts';
import { openBucket } from '../bucket/open-bucket.ts';
import { type Expected, isProven, judgeObject } from '../bucket/prove.ts';
import { contentOfBucket, scanBucket } from '../bucket/scan-bucket.ts';
import { STORAGE_VARIABLES } from '../bucket/storage-settings.ts';
import { storeInBucket } from '../bucket/store-in-bucket.ts';
import { TakenNames } from '../bucket/taken-names.ts';
import { giveUpAbandonedUploads, giveUpDeadUploads, UploadNotes } from '../bucket/upload-notes.ts';
import { isSameItem, mustBeExtensions, numberedStem, type StoredItem } from '../store.ts';
import { extensionOfCopy } from '../store-copy.ts';
import { parseSidecar } from '../parse-sidecar.ts';
import type { Sidecar } from '../sidecar-format.ts';
import { MAX_SIDECAR_BYTES } from '../sidecar-name.ts';
import { sidecarName } from '../sidecar-name.ts';
import { clearStaging } from '../staging.ts';
import type { ByteRange, ItemToCopy, ItemToStore, Output, StoredItemQuery } from './output.ts';

/** Where attempts stage whose files go into a bucket, unless `ROWTRAIL_STAGING_DIR` names another folder. */
const STAGING_HOME = join('.rowtrail', 'staging');
/** The largest object that a storage copies in one request, in bytes. */
const MOST_COPIED = 5 * 2 ** 30;
/** Its name when the bucket is tried; never made. */
const TRIAL = '.rowtrail-trial';

/**
 * A bucket of S3 or of what speaks like it, and a prefix in it. The library is loaded and keys are looked for when the first request is made.
 * @param env where settings and keys come from
 */
export function bucketOutput(address: BucketAddress, env: NodeJS.ProcessEnv): Output {
  return new BucketOutput(address, env);
}

class BucketOutput implements Output {
  readonly address: string;
  readonly workDir: string;
  readonly #address: BucketAddress;
  readonly #env: NodeJS.ProcessEnv;
  readonly #names = new Map<string, TakenNames>();
  readonly #notes: UploadNotes;
  #opened: Promise<BucketClient> | null = null;

  constructor(address: BucketAddress, env: NodeJS.ProcessEnv) {
    this.#address = address;
    this.#env = env;
    this.address = formatBucketAddress(address);
    const sign = createHash('sha256').update(this.address).digest('hex').slice(0, 12);
    this.workDir = resolve(env[STORAGE_VARIABLES.stagingDir] || STAGING_HOME, `${address.bucket}-${sign}`);
    this.#notes = new UploadNotes(this.workDir);
  }

  async storeItem(item: ItemToStore): Promise<StoredItem> {
    mustBeExtensions(item.staged);
    try {
      return await this.#store(item);
    } catch (error) {
      item.signal?.throwIfAborted();
      if (error instanceof TypeError) throw error;
      throw fileError(error, `The download could not be stored in ${this.address}`);
    }
  }

  async #store({ folder = '', staged, signal, ...item }: ItemToStore): Promise<StoredItem> {
    const bucket = await this.#bucket();
    const contents = await Promise.all(staged.map((file) => contentOf(file, bucket, this.#notes)));
    const { row, stem, sidecar, identity, now } = item;
    const names = this.#namesIn(bucket, folder);
    return storeInBucket({ bucket, names, folder, row, stem, contents, sidecar, identity, now, signal });
  }

  async findStored({
    folder = '',
    row,
    stem,
    kind,
    mediaId,
    requested,
    generation,
    signal,
  }: StoredItemQuery) {
    if (generation === null) return null;
    const bucket = await this.#bucket();
    const inFolder = (name: string) => (folder === '' ? name : `${folder}/${name}`);
    for (let n = 1; ; n += 1) {
      const metadataFile = sidecarName(numberedStem(stem, n), kind);
      const sidecar = await this.readSidecar(inFolder(metadataFile));
      if (sidecar === null) return null;
      if (!isSameItem(sidecar, row, { kind, mediaId })) continue;
      if (sidecar.generation !== generation || sidecar.files.length === 0) return null;
      if (requested !== undefined && sidecar.requested !== requested) return null;
      for (const file of sidecar.files)
        if (!(await isProven(bucket, inFolder(file.name), file, signal))) return null;
      const files = sidecar.files.map(({ name, size, sha256 }) => ({ path: name, size, sha256 }));
      return { files, metadataFile };
    }
  }

  /**
   * The storage copies within itself: nothing comes down and goes up again, and each row has an object of its own, so that one may be
   * removed or replaced without the other. Objects share nothing there as files do on a disk.
   */
  async storeCopy({
    folder = '',
    copy,
    row,
    stem,
    own,
    identity,
    now,
    signal,
  }: ItemToCopy): Promise<StoredItem | null> {
    const { sidecar } = copy;
    if (!isBucketAddress(copy.folder) || sidecar.files.length === 0) return null;
    if (sidecar.files.some(({ size }) => size > MOST_COPIED)) return null;
    const bucket = await this.#bucket();
    const source = parseBucketAddress(copy.folder);
    const from = await openBucket(source, this.#env);
    for (const file of sidecar.files) if (!(await isProven(from, file.name, file, signal))) return null;
    const contents = sidecar.files.map((file) =>
      copyOf(file, { address: source, path: file.name }, extensionOfCopy(file.name, copy), bucket),
    );
    const { title, channel, mediaTypes, tools, requested } = sidecar;
    const facts = { ...own, title, channel, mediaTypes, tools, requested };
    const names = this.#namesIn(bucket, folder);
    return storeInBucket({
      bucket,
      names,
      folder,
      row,
      stem,
      contents,
      sidecar: facts,
      identity,
      now,
      signal,
    });
  }

  async freeFolderName(wanted: string): Promise<string> {
    return this.#namesIn(await this.#bucket(), '').freeFolder(wanted);
  }

  async settleFolders(): Promise<void> {}

  async holdSmallFiles(): Promise<() => Promise<void>> {
    return async () => {};
  }

  async clearStaging(keep: Parameters<Output['clearStaging']>[0]): Promise<void> {
    const bucket = await this.#bucket();
    await giveUpDeadUploads(this.workDir, bucket);
    await giveUpAbandonedUploads(bucket, Date.now());
    await clearStaging(this.workDir, keep);
  }

  async check(): Promise<void> {
    const bucket = await this.#bucket();
    for await (const _ of bucket.list('', { deep: false })) break;
    // An upload that is begun and given up needs the right to write and leaves nothing.
    const uploadId = await bucket.beginUpload(TRIAL, 'application/octet-stream');
    await bucket.abortUpload({ path: TRIAL, uploadId });
    await giveUpDeadUploads(this.workDir, bucket);
  }

  async readSidecar(path: string): Promise<Sidecar | null> {
    const bucket = await this.#bucket();
    const found = await bucket.readText(path, MAX_SIDECAR_BYTES);
    const text = found?.text ?? null;
    return text === null ? null : parseSidecar(text, bucket.shown(path));
  }

  async *scanSidecars(scan: Parameters<Output['scanSidecars']>[0]) {
    yield* scanBucket(await this.#bucket(), scan);
  }

  async content() {
    return contentOfBucket(await this.#bucket());
  }

  async lookAt(path: string) {
    const found = await (await this.#bucket()).head(path);
    return found === null ? null : { size: found.size, mtimeMs: found.mtimeMs };
  }

  async judge(path: string, expected: Expected): Promise<boolean | null> {
    return judgeObject(await (await this.#bucket()).head(path), expected);
  }

  async read(path: string, range?: ByteRange) {
    const bytes = range === undefined ? {} : { range: `bytes=${range.start}-${range.end}` };
    return (await (await this.#bucket()).read(path, bytes))?.body ?? null;
  }

  async remove(path: string): Promise<void> {
    await (await this.#bucket()).remove(path);
  }

  #namesIn(bucket: BucketClient, folder: string): TakenNames {
    const names = this.#names.get(folder) ?? new TakenNames(bucket, folder);
    this.#names.set(folder, names);
    return names;
  }

  #bucket(): Promise<BucketClient> {
    this.#opened ??= openBucket(this.#address, this.#env);
    return this.#opened;
  }
}
