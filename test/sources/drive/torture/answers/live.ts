import assert from 'node:assert/strict';
import { cpSync, existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { causeFacts, isCause } from '../../../../../src/errors/index.ts';
import { STAGING_FOLDER } from '../../../../../src/files/index.ts';
import type { DownloadResult } from '../../../../../src/row/index.ts';
import { downloadDriveWithContext } from '../../../../../src/sources/drive/index.ts';
import { impatientHosts, ROW, WITHOUT_PROXY } from '../../fixtures.ts';
import { sha256Of } from '../hostile-file.ts';
import { versionOf } from './draft.ts';
import { AnswerServer } from './server.ts';
import type { Stop, Story } from './story.ts';

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
 * @param folder an empty folder
 * @throws AssertionError
 */
export async function live(story: Story, folder: string): Promise<void> {
  const server = new AnswerServer(story);
  await using _ = server;
  const link = await server.listen();
  let place = join(folder, '0');
  await mkdir(place);
  for (const [n, stop] of story.attempts.entries()) {
    const next = join(folder, String(n + 1));
    const before = await visibleIn(join(place, 'drive'));
    const result = await attempt(server, link, place, stop, next);
    await check(story, server, result, join(existsSync(next) ? next : place, 'drive'), before);
    if (result?.success === true) return;
    // By another path, so that what is left is looked for and not taken from memory.
    if (!existsSync(next)) await rename(place, next);
    place = next;
  }
  server.isCalm = true;
  const out = join(place, 'drive');
  const before = await visibleIn(out);
  const result = await attempt(server, link, place, null, place);
  await check(story, server, result, out, before);
  assert.ok(result?.success, `a server that behaves: ${JSON.stringify(result?.items?.[0]?.failure)}`);
  const stored = await readFile(join(out, result.filesDownloaded[0] ?? ''));
  // What was whole when the client was stopped is taken over.
  assert.ok(before.length > 0 || stored.equals(versionOf(story.file, server.version)), 'an old version');
}

/** @param copy where that goes on which a kill leaves @returns null where the client was stopped */
async function attempt(
  server: AnswerServer,
  link: string,
  place: string,
  stop: Stop | null,
  copy: string,
): Promise<DownloadResult | null> {
  const abort = new AbortController();
  let isKilled = false;
  let isOver = false;
  server.beginAttempt(stop, () => {
    // Who has got what it wanted is stopped no more.
    if (isOver) return;
    if (stop?.how === 'kill') {
      // At once, so that nothing is written meanwhile. The record first: of what it tells the bytes are there.
      cpSync(place, copy, { recursive: true, filter: (path) => !path.endsWith('.part') });
      cpSync(place, copy, { recursive: true, force: false });
      isKilled = true;
    }
    abort.abort();
  });
  const download = downloadDriveWithContext(link, ROW, {
    outputDir: join(place, 'drive'),
    allowDirectLinks: true,
    network: WITHOUT_PROXY,
    hosts: impatientHosts(),
    signal: abort.signal,
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

async function visibleIn(out: string): Promise<readonly string[]> {
  return (await readdir(out).catch(() => [])).filter((name) => name !== STAGING_FOLDER);
}

/**
 * Whatever a host does, this is true after an attempt.
 * @param out the download folder @param before what was in it
 */
async function check(
  story: Story,
  server: AnswerServer,
  result: DownloadResult | null,
  out: string,
  before: readonly string[],
): Promise<void> {
  const { sent, offered } = server;
  assert.ok(sent.requests <= MOST_REQUESTS, `${sent.requests} requests`);
  const names = await visibleIn(out);
  assert.ok(
    (await readdir(dirname(out))).every((name) => name === 'drive'),
    'a file outside of the folder',
  );
  const media = names.filter((name) => !name.endsWith('_metadata.json'));
  for (const name of media) {
    const bytes = await readFile(join(out, name));
    assert.ok(
      offered.some((whole) => whole.equals(bytes)),
      `${name}, ${bytes.length} bytes, is not what the host has`,
    );
    assert.ok(!isKnownToBeWrong(story, bytes, server), `${name} is not what its checksum says`);
    const { files } = JSON.parse(
      await readFile(join(out, name.replace(/(\.\w+)?$/, '_metadata.json')), 'utf8'),
    );
    assert.deepEqual(files, [{ name, size: bytes.length, sha256: sha256Of(bytes) }], 'the sidecar');
  }
  if (result === null) return;
  const [item] = result.items ?? [];
  assert.equal(result.items?.length, 1);
  if (result.success) {
    const stored = item?.files.map(({ path }) => path) ?? [];
    assert.equal(stored.length, 1);
    assert.ok(media.includes(stored[0] ?? ''));
    if (before.length === 0) assert.equal(names.length, 2, names.join(', '));
    const left = await readdir(join(out, STAGING_FOLDER)).catch(() => []);
    // What a kill left on its way out goes with the run's own clearing.
    assert.deepEqual(
      left.filter((name) => !name.includes('.gone-')),
      [],
      'staging of a completed file',
    );
    return;
  }
  const cause = item?.failure?.cause ?? '';
  const { verdict, nextStep } = causeFacts(cause);
  const said = `${cause}: ${item?.failure?.message}`;
  assert.ok(isCause(cause) && !NOT_OF_ANSWERS.has(cause) && nextStep !== '' && item?.failure?.message, said);
  assert.ok(verdict !== 'never' || mayBeFinal(story, cause, server), `for good, without a reason: ${said}`);
  const { notBefore } = item?.failure ?? {};
  assert.ok(
    notBefore === undefined || Date.parse(notBefore) < Date.now() + 8 * 24 * 3600_000,
    `not before ${notBefore}`,
  );
}

/** Whether bytes were stored that differ from a checksum that came with them. */
function isKnownToBeWrong({ file, answers }: Story, bytes: Buffer, { isCalm }: AnswerServer): boolean {
  const isSaid = ['crc32c', 'md5', 'both', 'wrong'].includes(file.hash) && file.hashOn !== 'parts';
  const isLeftOut = answers.flat().some(({ name }) => name === 'no hash' || name === 'other hash');
  if (isCalm || !isSaid || isLeftOut) return false;
  return file.hash === 'wrong' || ![1, 2].some((version) => versionOf(file, version).equals(bytes));
}

function mayBeFinal({ file }: Story, cause: string, { sent }: AnswerServer): boolean {
  if (cause === 'hash_mismatch') return file.hash === 'wrong' || sent.falseWholes >= 2;
  return sent.isFinal;
}
