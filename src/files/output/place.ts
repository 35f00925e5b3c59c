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

/** Where the files of each download type go below one output: what `--output` means. Pure. @param output a folder, or `s3://bucket/prefix` */
export function outputFolders(output: string): { readonly youtube: string; readonly drive: string } {
  const home = isBucketAddress(output) ? resolvePlace(output) : output;
  return { youtube: placeIn(home, 'youtube_downloads'), drive: placeIn(home, 'drive_downloads') };
}

/** A path of a place from that place on, with `/`; null where it is none of it. Pure. */
export function pathBelow(place: string, file: string): string | null {
  const home = isBucketAddress(place) ? `${place}/` : join(place, '/');
  if (!file.startsWith(home)) return null;
  const path = file.slice(home.length);
  return isBucketAddress(place) ? path : path.replaceAll('\\', '/');
}
