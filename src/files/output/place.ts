import { join, resolve } from 'node:path';
import { formatBucketAddress, isBucketAddress, parseBucketAddress } from '../bucket/bucket-address.ts';

/**
 * The one form in which an output is known: an absolute path, or `s3://bucket/prefix`. Pure but for the working directory.
 * @throws RowtrailError `usage` for the address of no bucket
 */
export function resolvePlace(place: string, cwd = '.'): string {
  return isBucketAddress(place) ? formatBucketAddress(parseBucketAddress(place)) : resolve(cwd, place);
}

/** Where a file is, as it is shown: its path on this machine, or `s3://bucket/prefix/path`. Pure. @param path relative to the place, with `/` */
export function placeIn(place: string, path: string): string {
  if (!isBucketAddress(place)) return join(place, path);
  return path === '' ? place : `${place}/${path}`;
}
