import { Readable } from 'node:stream';
import type {
  ListMultipartUploadsCommand,
  ListMultipartUploadsCommandOutput,
  S3Client,
} from '@aws-sdk/client-s3';
import { storageError, isConditionFailed, isMissing, isNotImplemented } from './storage-error.ts';
import { type BucketAddress, formatBucketAddress, keyOf } from './bucket-address.ts';
import type { Sdk } from './load-sdk.ts';

/** What is known of an object without reading it. */
export interface ObjectFacts {
  readonly size: number;
  readonly mtimeMs: number;
  readonly etag: string | null;
  /** SHA-256 as the storage computed it, base64; with `-` and their number it is that of its parts' SHA-256. */
  readonly checksum: string | null;
}

/** When an object may be written: its name is free, it still is the one that was read (its etag), or always. */
export type Condition = 'free' | { readonly etag: string } | null;

export interface ListedObject {
  /** Below the prefix, with `/`. */
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
}

export interface Part {
  readonly number: number;
  readonly etag: string;
  /** SHA-256, base64. */
  readonly checksum: string;
}

/**
 * The requests that are made of a bucket, each with our own words and causes for what can go wrong. Not named `Bucket`: where a class has the name
 * of a property of the requests that it makes, TypeScript 7.0.2 emits that property under another name.
 */
export class BucketClient {
  readonly address: BucketAddress;
  readonly #sdk: Sdk;
  readonly #client: S3Client;

  constructor(address: BucketAddress, sdk: Sdk, client: S3Client) {
    this.address = address;
    this.#sdk = sdk;
    this.#client = client;
  }

  /** @returns null where there is none */
  async head(path: string, signal?: AbortSignal): Promise<ObjectFacts | null> {
    const command = new this.#sdk.HeadObjectCommand({ ...this.#at(path), ChecksumMode: 'ENABLED' });
    const found = await this.#find(path, () => this.#client.send(command, abortable(signal)));
    if (found === null) return null;
    return {
      size: found.ContentLength ?? 0,
      mtimeMs: found.LastModified?.getTime() ?? 0,
      etag: found.ETag ?? null,
      checksum: found.ChecksumSHA256 ?? null,
    };
  }

  /**
   * The bytes of an object, or of a part of it.
   * @param range as HTTP writes it: `bytes=0-99`
   * @returns null where there is none
   */
  async read(
    path: string,
    {
      range,
      signal,
    }: { readonly range?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<{ readonly body: Readable; readonly size: number; readonly etag: string | null } | null> {
    const command = new this.#sdk.GetObjectCommand({
      ...this.#at(path),
      ...(range === undefined ? {} : { Range: range }),
    });
    const found = await this.#find(path, () => this.#client.send(command, abortable(signal)));
    if (found === null) return null;
    const body = found.Body;
    if (!(body instanceof Readable)) throw new TypeError('the storage library gave no stream');
    return { body, size: found.ContentLength ?? 0, etag: found.ETag ?? null };
  }

  /** A small object's text, which is null where it is larger, with the etag of what was read. @param most bytes @returns null where there is none */
  async readText(
    path: string,
    most: number,
  ): Promise<{ readonly text: string | null; readonly etag: string | null } | null> {
    const found = await this.read(path);
    if (found === null) return null;
    if (found.size > most) {
      found.body.destroy();
      return { text: null, etag: found.etag };
    }
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of found.body) chunks.push(chunk as Buffer);
    } catch (error) {
      throw storageError(error, this.shown(path));
    }
    return { text: Buffer.concat(chunks).toString('utf8'), etag: found.etag };
  }

  /**
   * Writes a whole object; the storage compares what arrives with the checksum.
   * @param sha256 base64
   * @returns the storage's own checksum, null where it tells none, or `taken` where the condition does not hold
   */
  async put(
    path: string,
    bytes: Uint8Array,
    {
      sha256,
      condition,
      type,
      signal,
    }: {
      readonly sha256: string;
      readonly condition: Condition;
      readonly type: string;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<{ readonly checksum: string | null } | 'taken'> {
    return this.#conditionally(path, condition, async (conditions) => {
      const { ChecksumSHA256 } = await this.#client.send(
        new this.#sdk.PutObjectCommand({
          ...this.#at(path),
          Body: bytes,
          ContentLength: bytes.length,
          ContentType: type,
          ChecksumSHA256: sha256,
          ...conditions,
        }),
        abortable(signal),
      );
      return { checksum: ChecksumSHA256 ?? null };
    });
  }

  /** Makes an object of another one's bytes, within the storage. @param from of the same storage */
  async copy(
    from: { readonly address: BucketAddress; readonly path: string },
    path: string,
    condition: Condition,
    signal?: AbortSignal,
  ): Promise<'copied' | 'taken'> {
    const source = `${from.address.bucket}/${keyOf(from.address, from.path)}`;
    return this.#conditionally(path, condition, async (conditions) => {
      await this.#client.send(
        new this.#sdk.CopyObjectCommand({
          ...this.#at(path),
          CopySource: source.split('/').map(encodeURIComponent).join('/'),
          ChecksumAlgorithm: 'SHA256',
          ...conditions,
        }),
        abortable(signal),
      );
      return 'copied' as const;
    });
  }

  /** Removes an object; one that is not there is none to remove. */
  async remove(path: string): Promise<void> {
    await this.#ask(path, () => this.#client.send(new this.#sdk.DeleteObjectCommand(this.#at(path))));
  }

  /**
   * The objects below a folder, in the order of their names.
   * @param folder below the prefix; empty for all
   * @param deep whether those in folders of it are listed, too; else these folders are told, with a `/` at the end
   */
  async *list(folder: string, { deep }: { readonly deep: boolean }): AsyncGenerator<ListedObject> {
    const { bucket, prefix } = this.address;
    const home = prefix === '' ? '' : `${prefix}/`;
    const below = folder === '' ? home : `${keyOf(this.address, folder)}/`;
    let token: string | undefined;
    do {
      const command = new this.#sdk.ListObjectsV2Command({
        Bucket: bucket,
        Prefix: below,
        ...(deep ? {} : { Delimiter: '/' }),
        ...(token === undefined ? {} : { ContinuationToken: token }),
      });
      const page = await this.#ask(folder, () => this.#client.send(command));
      for (const { Key = '', Size = 0, LastModified } of page.Contents ?? [])
        yield { path: Key.slice(home.length), size: Size, mtimeMs: LastModified?.getTime() ?? 0 };
      for (const { Prefix = '' } of page.CommonPrefixes ?? [])
        yield { path: Prefix.slice(home.length), size: 0, mtimeMs: 0 };
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  /** Begins an object that arrives in parts; nothing of it is seen before it is completed. @returns its upload id */
  async beginUpload(path: string, type: string): Promise<string> {
    const command = new this.#sdk.CreateMultipartUploadCommand({
      ...this.#at(path),
      ContentType: type,
      ChecksumAlgorithm: 'SHA256',
      ChecksumType: 'COMPOSITE',
    });
    const { UploadId } = await this.#ask(path, () => this.#client.send(command));
    if (UploadId === undefined) throw new TypeError('the storage gave an upload no id');
    return UploadId;
  }

  /** @param sha256 of these bytes, base64 */
  async uploadPart(
    { path, uploadId }: { readonly path: string; readonly uploadId: string },
    number: number,
    bytes: Uint8Array,
    sha256: string,
    signal?: AbortSignal,
  ): Promise<Part & { readonly told: string | null }> {
    const command = new this.#sdk.UploadPartCommand({
      ...this.#at(path),
      UploadId: uploadId,
      PartNumber: number,
      Body: bytes,
      ContentLength: bytes.length,
      ChecksumSHA256: sha256,
    });
    const { ETag, ChecksumSHA256 } = await this.#ask(path, () =>
      this.#client.send(command, abortable(signal)),
    );
    return { number, etag: ETag ?? '', checksum: sha256, told: ChecksumSHA256 ?? null };
  }

  /** Makes the parts an object, in one step. */
  async completeUpload(
    { path, uploadId }: { readonly path: string; readonly uploadId: string },
    parts: readonly Part[],
    condition: Condition,
  ): Promise<{ readonly checksum: string | null } | 'taken'> {
    return this.#conditionally(path, condition, async (conditions) => {
      const { ChecksumSHA256 } = await this.#client.send(
        new this.#sdk.CompleteMultipartUploadCommand({
          ...this.#at(path),
          UploadId: uploadId,
          MultipartUpload: {
            Parts: parts.map(({ number, etag, checksum }) => ({
              PartNumber: number,
              ETag: etag,
              ChecksumSHA256: checksum,
            })),
          },
          ...conditions,
        }),
      );
      return { checksum: ChecksumSHA256 ?? null };
    });
  }

  /** Gives up an upload with all parts of it; one that is not there is none to give up. */
  async abortUpload({ path, uploadId }: { readonly path: string; readonly uploadId: string }): Promise<void> {
    const command = new this.#sdk.AbortMultipartUploadCommand({ ...this.#at(path), UploadId: uploadId });
    await this.#find(path, () => this.#client.send(command));
  }

  /** Uploads below the prefix that were begun and neither completed nor given up. */
  async *unfinishedUploads(): AsyncGenerator<{
    readonly path: string;
    readonly uploadId: string;
    readonly begunAt: Date;
  }> {
    const { bucket, prefix } = this.address;
    const home = prefix === '' ? '' : `${prefix}/`;
    let after: { KeyMarker: string; UploadIdMarker: string } | null = null;
    do {
      const command: ListMultipartUploadsCommand = new this.#sdk.ListMultipartUploadsCommand({
        Bucket: bucket,
        Prefix: home,
        ...after,
      });
      const page: ListMultipartUploadsCommandOutput = await this.#ask('', () => this.#client.send(command));
      for (const { Key = '', UploadId = '', Initiated } of page.Uploads ?? [])
        yield { path: Key.slice(home.length), uploadId: UploadId, begunAt: Initiated ?? new Date(0) };
      const { NextKeyMarker = '', NextUploadIdMarker = '' } = page;
      after =
        page.IsTruncated === true ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker } : null;
    } while (after !== null);
  }

  /** The address of something in it, for a person. */
  shown(path: string): string {
    const home = formatBucketAddress(this.address);
    return path === '' ? home : `${home}/${path}`;
  }

  #at(path: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.address.bucket, Key: keyOf(this.address, path) };
  }

  async #ask<T>(path: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw storageError(error, this.shown(path));
    }
  }

  async #find<T>(path: string, request: () => Promise<T>): Promise<T | null> {
    try {
      return await request();
    } catch (error) {
      if (isMissing(error)) return null;
      throw storageError(error, this.shown(path));
    }
  }

  /** A server that knows no conditions is asked without: then only this process knows which names it has given. */
  async #conditionally<T>(
    path: string,
    condition: Condition,
    request: (conditions: Conditions) => Promise<T>,
  ): Promise<T | 'taken'> {
    try {
      return await request(asHeaders(condition));
    } catch (error) {
      if (condition !== null && isConditionFailed(error)) return 'taken';
      if (condition === null || !isNotImplemented(error)) throw storageError(error, this.shown(path));
      return this.#conditionally(path, null, request);
    }
  }
}

interface Conditions {
  readonly IfNoneMatch?: string;
  readonly IfMatch?: string;
}

function asHeaders(condition: Condition): Conditions {
  if (condition === null) return {};
  return condition === 'free' ? { IfNoneMatch: '*' } : { IfMatch: condition.etag };
}

function abortable(signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}
