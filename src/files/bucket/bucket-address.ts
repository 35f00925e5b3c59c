import { RowtrailError } from '../../errors/index.ts';

const SCHEME = 's3://';
/** Object storages agree on these; Amazon's own rule is narrower still. */
const BUCKET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;
/** The longest key that object storages take, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;
const MAY_NOT_STAND_IN_A_KEY = /[\p{Cc}\\]/u;

/** A bucket and the beginning of the keys in it. */
export interface BucketAddress {
  readonly bucket: string;
  /** Without a slash at either end; empty for the whole bucket. */
  readonly prefix: string;
}

/** Whether this is the address of a bucket, or of something in one, and no path of this machine. */
export function isBucketAddress(place: string): boolean {
  return /^s3:\/\//i.test(place);
}

/** @throws RowtrailError `usage` for an address that leads to no bucket, or whose prefix holds `..` */
export function parseBucketAddress(address: string): BucketAddress {
  const [bucket = '', ...rest] = address.slice(SCHEME.length).split('/');
  const prefix = rest.join('/').replace(/\/+$/, '');
  const wrong = (why: string) =>
    new RowtrailError('usage', `${address} is no place for files: ${why}; expected s3://bucket/prefix`);
  if (!BUCKET_NAME.test(bucket) || bucket.includes('..')) throw wrong('the name of the bucket is none');
  if (prefix !== '' && !isSafePath(prefix))
    throw wrong('the prefix may not hold `//`, `.`, `..` or a backslash');
  return { bucket, prefix };
}

/** The address again, in the one form in which it is recorded. */
export function formatBucketAddress({ bucket, prefix }: BucketAddress): string {
  return `${SCHEME}${bucket}${prefix === '' ? '' : `/${prefix}`}`;
}

/**
 * The key of a file by its path below the prefix.
 * @throws TypeError for a path that would lead out of the prefix: names are made safe before
 */
export function keyOf({ prefix }: BucketAddress, path: string): string {
  const key = prefix === '' ? path : `${prefix}/${path}`;
  if (!isSafePath(path) || Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new TypeError(`Not a path in a bucket: ${JSON.stringify(path)}`);
  return key;
}

function isSafePath(path: string): boolean {
  return (
    path.isWellFormed() &&
    !MAY_NOT_STAND_IN_A_KEY.test(path) &&
    path.split('/').every((part) => !['', '.', '..'].includes(part))
  );
}
