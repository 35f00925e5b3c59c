import { RowtrailError } from '../../errors/index.ts';
import type { RowContext } from '../../row/index.ts';
import { formatSidecar, type ItemFacts, type Sidecar, type SidecarIdentity } from '../sidecar-format.ts';
import { parseSidecar } from '../parse-sidecar.ts';
import { MAX_SIDECAR_BYTES, sidecarName } from '../sidecar-name.ts';
import { isSameItem, numberedStem, type StoredItem } from '../store.ts';
import type { BucketClient, Condition } from './bucket.ts';
import type { Arriving, Content } from './content.ts';
import { sha256Of } from './contents.ts';
import { isProven, judgeObject } from './prove.ts';
import type { TakenNames } from './taken-names.ts';

export interface BucketItem {
  readonly bucket: BucketClient;
  /** Names in the folder that the item goes into. */
  readonly names: TakenNames;
  /** Below the prefix; empty for the prefix itself. */
  readonly folder: string;
  readonly row: RowContext;
  readonly stem: string;
  readonly contents: readonly Content[];
  readonly sidecar: ItemFacts;
  readonly identity: SidecarIdentity | undefined;
  readonly now: Date;
  readonly signal: AbortSignal | undefined;
}

/** So often a name is looked at anew that changes while it is given. */
const MOST_LOOKS = 5;

/**
 * Stores an item in a bucket by the rule of folders: first its bytes are there, unseen (the parts of a large file; a small one goes in one
 * piece); then its sidecar takes the name; then the files get theirs, each in one step. So a crash at any point leaves no file that no
 * sidecar names. Another item's object is never replaced: the storage itself refuses a name that is taken.
 * @throws RowtrailError storage_unreachable, storage_refused, storage_mismatch, and those of reading what is here; AbortError
 */
export async function storeInBucket(item: BucketItem): Promise<StoredItem> {
  for (let n = 1, looks = 0; ;) {
    const stored = await storeAs(numberedStem(item.stem, n), item);
    if (typeof stored === 'object') {
      for (const content of item.contents) await content.done();
      return stored;
    }
    looks = stored === 'changed' ? looks + 1 : 0;
    if (stored === 'taken' || looks >= MOST_LOOKS) n += 1;
  }
}

/** What stands under the name of a sidecar. */
interface Earlier {
  readonly sidecar: Sidecar | null;
  readonly etag: string | null;
}

async function storeAs(stem: string, item: BucketItem): Promise<StoredItem | 'taken' | 'changed'> {
  const { bucket, folder, row, sidecar, names, signal } = item;
  const inFolder = (name: string) => (folder === '' ? name : `${folder}/${name}`);
  const metadataFile = sidecarName(stem, sidecar.kind);
  const earlier = await earlierAt(bucket, inFolder(metadataFile));
  const known = earlier?.sidecar ?? null;
  const isOwn = known !== null && isSameItem(known, row, sidecar);
  if (earlier !== null && !isOwn) return 'taken';
  const listed = new Set(known?.files.map(({ name }) => name));
  const mediaNames = item.contents.map(({ extension }) => stem + extension);
  for (const name of mediaNames)
    if (!listed.has(name) && (await bucket.head(inFolder(name), signal)) !== null) return 'taken';
  if (earlier === null && (await names.hasCaseVariant(metadataFile))) return 'taken';

  const arriving: Arriving[] = [];
  let isStored = false;
  try {
    for (const [at, content] of item.contents.entries())
      arriving.push(await content.begin(inFolder(mediaNames[at] ?? ''), signal));
    const claimed = await claim(item, metadataFile, inFolder(metadataFile), arriving, mediaNames, earlier);
    if (claimed !== 'claimed') return claimed;
    for (const name of listed) if (!mediaNames.includes(name)) await bucket.remove(inFolder(name));
    const stored = await placeAll(item, arriving, mediaNames, listed, inFolder(metadataFile));
    isStored = stored !== 'taken';
    if (stored === 'taken') return stored;
  } finally {
    // What keeps the storage from being told is in the way of more than this.
    if (!isStored) await Promise.allSettled(arriving.map((file) => file.drop()));
  }
  const files = arriving.map(({ size, sha256 }, at) => ({ path: mediaNames[at] ?? '', size, sha256 }));
  return { files, metadataFile };
}

/** Gives the sidecar its name, with which the item has all of its names. */
async function claim(
  { bucket, names, row, sidecar: item, identity, now, signal }: BucketItem,
  metadataFile: string,
  path: string,
  arriving: readonly Arriving[],
  mediaNames: readonly string[],
  earlier: Earlier | null,
): Promise<'claimed' | 'taken' | 'changed'> {
  const files = arriving.map(({ size, sha256, partsChecksum }, at) => ({
    ...{ name: mediaNames[at] ?? '', size, sha256 },
    ...(partsChecksum === null ? {} : { partsChecksum }),
  }));
  const bytes = Buffer.from(formatSidecar({ row, item, files, now, identity }));
  return names.inTurn(metadataFile, async () => {
    signal?.throwIfAborted();
    if (earlier === null && (await names.hasCaseVariant(metadataFile))) return 'taken';
    const condition: Condition =
      earlier === null ? 'free' : earlier.etag === null ? null : { etag: earlier.etag };
    const sha256 = sha256Of(bytes);
    const put = await bucket.put(path, bytes, { sha256, condition, type: 'application/json' });
    // Whoever was faster may be at this very item: it is looked at anew.
    if (put === 'taken') return 'changed';
    if (put.checksum !== null && put.checksum !== sha256)
      throw new RowtrailError(
        'storage_mismatch',
        `${bucket.shown(path)}: the storage tells another checksum`,
      );
    await names.remember(metadataFile);
    return 'claimed';
  });
}

async function placeAll(
  { bucket }: BucketItem,
  arriving: readonly Arriving[],
  mediaNames: readonly string[],
  listed: ReadonlySet<string>,
  sidecarPath: string,
): Promise<'placed' | 'taken'> {
  const placed: Arriving[] = [];
  try {
    for (const [at, file] of arriving.entries()) {
      const isListed = listed.has(mediaNames[at] ?? '');
      if (await isPlaced(bucket, file, isListed)) placed.push(file);
      else {
        await takeBack(bucket, placed, sidecarPath);
        return 'taken';
      }
    }
  } catch (error) {
    // A sidecar without its file is better than a file without a sidecar: it goes only where nothing stands beside it.
    if (placed.length === 0 && listed.size === 0)
      await dropClaim(bucket, arriving, sidecarPath).catch(() => {});
    throw error;
  }
  return 'placed';
}

/** @returns false where another object has the name */
async function isPlaced(bucket: BucketClient, file: Arriving, isListed: boolean): Promise<boolean> {
  const expected = { ...file, partsChecksum: file.partsChecksum ?? undefined };
  let placed;
  try {
    placed = await file.place(isListed ? null : 'free');
  } catch (error) {
    // The answer may have been lost and not the request: then the object is there.
    const isThere = await bucket.head(file.path).then(
      (found) => judgeObject(found, expected) === true,
      () => false,
    );
    if (!isThere) throw error;
    await file.drop().catch(() => {});
    return true;
  }
  // So may it be where a request was made twice, and its first answer was lost.
  if (placed === 'taken') return judgeObject(await bucket.head(file.path), expected) === true;
  const { checksum } = placed;
  const isProof = checksum !== null && judgeObject({ ...file, checksum, mtimeMs: 0, etag: null }, expected);
  if (isProof === true || (await isProven(bucket, file.path, expected))) return true;
  await bucket.remove(file.path);
  const why = 'the storage holds other bytes than were sent, by its own checksum';
  throw new RowtrailError('storage_mismatch', `${bucket.shown(file.path)}: ${why}`);
}

async function takeBack(
  bucket: BucketClient,
  placed: readonly Arriving[],
  sidecarPath: string,
): Promise<void> {
  for (const { path } of placed) await bucket.remove(path);
  await bucket.remove(sidecarPath);
}

async function dropClaim(
  bucket: BucketClient,
  arriving: readonly Arriving[],
  sidecarPath: string,
): Promise<void> {
  for (const { path } of arriving) if ((await bucket.head(path)) !== null) return;
  await bucket.remove(sidecarPath);
}

async function earlierAt(bucket: BucketClient, path: string): Promise<Earlier | null> {
  const found = await bucket.readText(path, MAX_SIDECAR_BYTES);
  if (found === null) return null;
  const { text, etag } = found;
  return { sidecar: text === null ? null : parseSidecar(text, bucket.shown(path)), etag };
}
