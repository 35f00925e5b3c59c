import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { causeFacts, isCause } from '../../../../../src/errors/index.ts';
import { STAGING_FOLDER } from '../../../../../src/files/index.ts';
import type { DownloadResult, ItemKey, ItemResult } from '../../../../../src/row/index.ts';
import { downloadDriveWithContext } from '../../../../../src/sources/drive/index.ts';
import { impatientHosts, ROW } from '../../fixtures.ts';
import { sha256Of } from '../hostile-file.ts';
import type { AnsweringHost } from './host.ts';
import type { Stop } from './story.ts';

/** An attempt that takes longer hangs: nothing in a story takes a second. */
const LONGEST_MS = 30_000;
/** More requests than that in one attempt are no attempts to get a file any more. */
const MOST_REQUESTS = 150;
/** Causes that say of a host what its answers can be to blame for. */
const NOT_OF_ANSWERS: ReadonlySet<string> = new Set([
  'unknown',
  'interrupted',
  'write_failed',
  'access_denied',
  'file_missing',
]);

/**
 * Lives through a story with the real downloader, and compares what it makes of it with what may be made of it.
 * @param attempts what happens to each attempt but the last, to which the host behaves
 * @param folder an empty folder
 * @throws AssertionError
 */
export async function live(
  host: AnsweringHost,
  attempts: readonly (Stop | null)[],
  folder: string,
): Promise<void> {
  let place = join(folder, '0');
  await mkdir(place);
  const done: ItemKey[] = [];
  for (const [n, stop] of attempts.entries()) {
    const next = join(folder, String(n + 1));
    const before = await visibleIn(join(place, 'drive'));
    const result = await attempt(host, place, stop, next, done);
    await check(host, result, join(existsSync(next) ? next : place, 'drive'), before, done);
    if (result?.success === true) return;
    for (const { kind, mediaId, failure } of result?.items ?? [])
      if (failure === null && mediaId !== null) done.push({ kind, mediaId });
    // By another path, so that what is left is looked for and not taken from memory.
    if (!existsSync(next)) await rename(place, next);
    place = next;
  }
  host.isCalm = true;
  const out = join(place, 'drive');
  const before = await visibleIn(out);
  const result = await attempt(host, place, null, place, done);
  await check(host, result, out, before, done);
  const failed = result?.items?.find(({ failure }) => failure !== null);
  assert.ok(result?.success, `a host that behaves: ${JSON.stringify(failed ?? result)}`);
  // What was whole when the client was stopped is taken over.
  // The files of a folder need not be of one moment.
  if (before.length > 0 || (host.mediaIds?.length ?? 1) > 1) return;
  for (const { mediaId, files } of result.items ?? [])
    assert.ok(
      (await readFile(join(out, files[0]?.path ?? ''))).equals(host.current(mediaId ?? '')),
      'an old version',
    );
}

/** What a kill leaves, made at once, so that nothing but threads write meanwhile: what one of them removes is not there. */
function copyState(place: string, copy: string): void {
  // The record first: of what it tells the bytes are there.
  copyFiles(place, copy, (name) => !name.endsWith('.part'));
  copyFiles(place, copy, () => true);
}

function copyFiles(from: string, to: string, isWanted: (name: string) => boolean): void {
  mkdirSync(to, { recursive: true });
  for (const entry of unlessGone(() => readdirSync(from, { withFileTypes: true })) ?? []) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyFiles(source, target, isWanted);
    else if (isWanted(entry.name) && !existsSync(target)) unlessGone(() => copyFileSync(source, target));
  }
}

function unlessGone<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}

/** @param copy where that goes on which a kill leaves @returns null where the client was stopped */
async function attempt(
  host: AnsweringHost,
  place: string,
  stop: Stop | null,
  copy: string,
  done: readonly ItemKey[],
): Promise<DownloadResult | null> {
  const abort = new AbortController();
  let isKilled = false;
  let isOver = false;
  host.beginAttempt(stop, () => {
    // Who has got what it wanted is stopped no more.
    if (isOver) return;
    if (stop?.how === 'kill') {
      copyState(place, copy);
      isKilled = true;
    }
    abort.abort();
  });
  const download = downloadDriveWithContext(host.link, ROW, {
    ...host.options,
    outputDir: join(place, 'drive'),
    hosts: impatientHosts(),
    signal: abort.signal,
    done,
  });
  const late = new AbortController();
  const hangs = sleep(LONGEST_MS, undefined, { signal: late.signal }).then(() => assert.fail('it hangs'));
  hangs.catch(() => {});
  try {
    const result = await Promise.race([download, hangs]);
    return isKilled ? null : result;
  } catch (error) {
    if (abort.signal.aborted && error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  } finally {
    late.abort();
    isOver = true;
  }
}

/** The paths of all files that a person sees. */
async function visibleIn(out: string): Promise<readonly string[]> {
  const entries = await readdir(out, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(out, join(parentPath, name)))
    .filter((path) => !path.startsWith(STAGING_FOLDER));
}

/**
 * Whatever a host does, this is true after an attempt.
 * @param out the download folder @param before what was in it @param done what earlier attempts brought
 */
async function check(
  host: AnsweringHost,
  result: DownloadResult | null,
  out: string,
  before: readonly string[],
  done: readonly ItemKey[],
): Promise<void> {
  const { sent, mediaIds } = host;
  assert.ok(sent.requests <= MOST_REQUESTS, `${sent.requests} requests`);
  assert.deepEqual(host.crimes, []);
  await checkSecrets(host, result, out);
  const names = await visibleIn(out);
  assert.ok(
    (await readdir(dirname(out))).every((name) => name === 'drive'),
    'a file outside of the folder',
  );
  const media = names.filter((name) => !name.endsWith('_metadata.json'));
  for (const path of media) {
    const bytes = await readFile(join(out, path));
    const { files, media_id: mediaId } = JSON.parse(
      await readFile(join(out, path.replace(/(\.\w+)?$/, '_metadata.json')), 'utf8'),
    );
    assert.ok(
      host.offered(mediaId).some((whole) => whole.equals(bytes)),
      `${path}, ${bytes.length} bytes, is not what the host has: ${bytes.subarray(0, 60).toString('latin1')}`,
    );
    assert.ok(!host.isKnownToBeWrong(mediaId, bytes), `${path} is not what its checksum says`);
    const facts = { name: basename(path), size: bytes.length, sha256: sha256Of(bytes) };
    assert.deepEqual(files, [facts], 'the sidecar');
  }
  if (result === null) return;
  const items = result.items ?? [];
  if (mediaIds === null) assert.equal(items.length, 1);
  for (const item of items) checkItem(host, item, media);
  if (!result.success) {
    assert.ok(items.some(({ failure }) => failure !== null) || items.length === 0);
    return;
  }
  const arrived = [...done, ...items.filter(({ failure }) => failure === null)].map(({ mediaId }) => mediaId);
  assert.ok(arrived.length > 0, 'completed with nothing');
  if (host.listsAll) {
    const told = new Set([...done, ...items].map(({ mediaId }) => mediaId));
    const isLeftOut = (mediaId: string) => !told.delete(mediaId);
    // A folder that could not be listed to its end stands for the rest of it.
    const leftOut = (mediaIds ?? []).filter(isLeftOut);
    assert.ok(leftOut.length === 0 || told.size > 0, `completed without ${leftOut.join()}`);
  }
  if (host.isCalm && mediaIds !== null) assert.deepEqual(new Set(arrived), new Set(mediaIds), 'all of them');
  if (before.length === 0) assert.equal(names.length, 2 * media.length, names.join(', '));
  if (before.length === 0) assert.equal(media.length, arrived.length, names.join(', '));
  const left = await readdir(join(out, STAGING_FOLDER)).catch(() => []);
  // What a kill left on its way out goes with the run's own clearing.
  const kept = left.filter((name) => !name.includes('.gone-'));
  assert.deepEqual(kept, [], 'staging of what is completed');
}

function checkItem(host: AnsweringHost, { files, failure }: ItemResult, media: readonly string[]): void {
  if (failure === null) {
    const stored = files.map(({ path }) => path);
    assert.equal(stored.length, 1);
    assert.ok(media.includes(stored[0] ?? ''));
    return;
  }
  const { cause, message, notBefore } = failure;
  const { verdict, nextStep } = causeFacts(cause);
  const said = `${cause}: ${message}`;
  assert.ok(isCause(cause) && !NOT_OF_ANSWERS.has(cause) && nextStep !== '' && message !== '', said);
  assert.ok(verdict !== 'never' || host.mayBeFinal(cause), `for good, without a reason: ${said}`);
  assert.ok(
    notBefore === undefined || Date.parse(notBefore) < Date.now() + 8 * 24 * 3600_000,
    `not before ${notBefore}`,
  );
}

/** What lets us in stands nowhere. */
async function checkSecrets(
  { options }: AnsweringHost,
  result: DownloadResult | null,
  out: string,
): Promise<void> {
  const { apiKey } = options;
  if (apiKey === undefined) return;
  assert.ok(!JSON.stringify(result).includes(apiKey), 'the key in a result');
  const entries = await readdir(out, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    assert.ok(!entry.name.includes(apiKey), 'the key in a name');
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name)).catch(() => Buffer.alloc(0));
    assert.ok(!bytes.includes(apiKey), `the key in ${entry.name}`);
  }
}
