import { isBucketAddress, parseBucketAddress } from '../bucket/bucket-address.ts';
import { STORAGE_VARIABLES, storageSettings } from '../bucket/storage-settings.ts';
import { bucketOutput } from './bucket-output.ts';
import { folderOutput } from './folder-output.ts';
import type { Output } from './output.ts';
import { resolvePlace } from './place.ts';

/** One output for each bucket and prefix: it knows which names it has given. Folders keep that by their paths. */
const buckets = new Map<string, Output>();

/**
 * The output at an address: a folder, relative to the working directory, or `s3://bucket/prefix`, reached as the environment of
 * this process says. Nothing is made or asked for yet.
 * @throws RowtrailError `usage` for the address of no bucket
 */
export function outputAt(place: string): Output {
  const address = resolvePlace(place);
  if (!isBucketAddress(address)) return folderOutput(address);
  const key = JSON.stringify([
    address,
    storageSettings(process.env),
    process.env[STORAGE_VARIABLES.stagingDir],
  ]);
  const known = buckets.get(key);
  if (known !== undefined) return known;
  const made = bucketOutput(parseBucketAddress(address), process.env);
  buckets.set(key, made);
  return made;
}
