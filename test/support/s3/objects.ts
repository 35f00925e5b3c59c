import { createHash } from 'node:crypto';

/** An object as the storage holds it. */
export interface StoredObject {
  readonly bytes: Buffer;
  readonly etag: string;
  /** SHA-256, base64; of parts with `-` and their number. Null where the storage keeps none. */
  readonly checksum: string | null;
  readonly type: string;
  readonly modified: Date;
}

export interface Upload {
  readonly key: string;
  readonly type: string;
  readonly begun: Date;
  readonly parts: Map<number, { readonly bytes: Buffer; readonly etag: string; readonly checksum: string }>;
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64');
}

export function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}

export function newObject(bytes: Buffer, type: string, keepsChecksums: boolean): StoredObject {
  const checksum = keepsChecksums ? sha256(bytes) : null;
  return { bytes, etag: `"${md5(bytes)}"`, checksum, type, modified: new Date() };
}

/** The object that an upload's parts make, in the order that was asked for; null where one of them is not there as it is named. */
export function completed(
  upload: Upload,
  named: readonly { readonly number: number; readonly etag: string; readonly checksum: string | null }[],
  keepsChecksums: boolean,
): StoredObject | null {
  const parts = named.flatMap(({ number, etag, checksum }) => {
    const part = upload.parts.get(number);
    const isIt = part?.etag === etag && (checksum === null || checksum === part.checksum);
    return isIt && part !== undefined ? [part] : [];
  });
  if (parts.length < named.length || parts.length === 0) return null;
  const digests = Buffer.concat(parts.map(({ checksum }) => Buffer.from(checksum, 'base64')));
  const etags = Buffer.concat(parts.map(({ bytes }) => Buffer.from(md5(bytes), 'hex')));
  return {
    bytes: Buffer.concat(parts.map(({ bytes }) => bytes)),
    etag: `"${md5(etags)}-${parts.length}"`,
    checksum: keepsChecksums ? `${sha256(digests)}-${parts.length}` : null,
    type: upload.type,
    modified: new Date(),
  };
}
