import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getDownloadStatusSummary, listFailures } from '../../../../src/index.ts';
import { bytesIn } from '../../../../src/sources/drive/transfer/ranges.ts';
import { seeded } from '../../../tracker/torture/random.ts';
import { CheckedFolder, numberOf } from './checked-folder.ts';
import { type Answer, deliveriesIn } from './deliveries.ts';
import { type HeldPart, heldParts, notContinued } from './held-parts.ts';
import { contentOf, type HostileFile, hostileFiles, sha256Of } from './hostile-file.ts';
import { startHostileServer } from './hostile-server.ts';

export interface TransferTorture {
  /** An empty folder. */
  readonly folder: string;
  readonly files: number;
  readonly kills: number;
  /** Decides what goes wrong when; what the machine does in between it cannot repeat. */
  readonly seed: number;
}

const MIB = 1 << 20;
/** Runs that end by themselves before it counts as hopeless. */
const MOST_RUNS = 12;

/**
 * Fetches files from a server that does everything wrong, with a client that is killed again and again, until all are
 * completed. After each kill and each run every file in the download folder must be whole.
 * @returns what was met, and in `needless` a sentence for each answer of which more came again than a cut may cost, and each part that was not continued
 * @throws AssertionError for a wrong file, and for one that never comes
 */
export async function tortureTransfers({ folder, files: count, kills, seed }: TransferTorture) {
  const random = seeded(seed);
  const files = hostileFiles(count, random);
  const out = join(folder, 'drive');
  const csv = join(folder, 'people.csv');
  const isStored = ({ number }: HostileFile) =>
    readdirSync(out).some((name) => name.endsWith('.bin') && numberOf(name) === number);
  await using server = await startHostileServer(files, random, isStored);
  const links = files.map(({ number }) => `${server.origin}/${number}.bin`);
  const rows = links.map((link, number) => `${number},P,p@example.org,A,,${link}`);
  await writeFile(csv, `row_id,name,email,type,youtube_playlist,google_drive\n${rows.join('\n')}\n`);

  const checked = new CheckedFolder(out, files);
  const lives: Life[] = [];
  const held: HeldPart[] = [];
  const live = async (killAtBytes: number) => {
    const log = join(folder, `life-${lives.length}.log`);
    const wasKilled = !(await run([csv, out], log, files, killAtBytes));
    lives.push({ log, wasKilled });
    await checked.check(csv);
    if (wasKilled) held.push(...(await heldParts(out, links, lives.length - 1)));
    return wasKilled;
  };
  for (let left = kills; left > 0; left -= 1) {
    const share = (wholeBytes(files) / kills) * 1.5 * random();
    if (!(await live(sentBytes(files) + share))) break;
  }
  let runs = 0;
  for (; (await getDownloadStatusSummary(csv)).drive.completed < count; runs += 1) {
    if (runs >= MOST_RUNS) assert.fail(`files never came: ${JSON.stringify(await listFailures(csv))}`);
    if (runs >= MOST_RUNS / 2) server.calmDown();
    await live(Infinity);
  }
  for (const file of files) {
    const right = [file.version, ...(file.isFirstRight ? [1] : [])];
    const hashes = right.map((version) => sha256Of(contentOf(file, version)));
    const isRight = checked.hashesOf(file.number).some((sha256) => hashes.includes(sha256));
    assert.ok(isRight, `file ${file.number} is not what its host has`);
  }
  const killed = lives.filter(({ wasKilled }) => wasKilled).length;
  const met = Object.fromEntries(server.met);
  const firstVersions = files.filter((file) => file.isFirstRight).length;
  return { files: count, kills: killed, runs, met, firstVersions, ...(await accountOf(files, lives, held)) };
}

/** One run of the client. */
interface Life {
  /** What it noted of its answers. */
  readonly log: string;
  readonly wasKilled: boolean;
}

/**
 * One run, killed as soon as so many bytes were sent altogether.
 * @returns whether it ended by itself before
 */
async function run(
  args: readonly string[],
  log: string,
  files: readonly HostileFile[],
  killAtBytes: number,
): Promise<boolean> {
  const [wireLog, client] = ['wire-log.ts', 'run-client.ts'].map((name) => join(import.meta.dirname, name));
  const child = spawn(process.execPath, ['--import', `${wireLog}`, `${client}`, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, WIRE_LOG: log },
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const closed = once(child, 'close') as Promise<[number | null]>;
  while (child.exitCode === null && sentBytes(files) < killAtBytes) {
    await Promise.race([closed, sleep(5)]);
  }
  child.kill('SIGKILL');
  const [code] = await closed;
  assert.ok(code === null || code === 0, errors);
  return code === 0;
}

const sentBytes = (files: readonly HostileFile[]) => files.reduce((sum, { sent }) => sum + sent, 0);
const wholeBytes = (files: readonly HostileFile[]) => files.reduce((sum, { size }) => sum + size, 0);

/** Of an answer that was cut, was left or ended with its client so much may come again, of others nothing. */
async function accountOf(files: readonly HostileFile[], lives: readonly Life[], held: readonly HeldPart[]) {
  const sizes = new Map(files.map(({ number, size }) => [`/${number}.bin`, size]));
  const logs = lives.map(({ log }) => log);
  // A wrong length shows in the answer; wrong bytes when all of them have come.
  const { answers, requests } = await deliveriesIn(
    logs,
    ({ path, size, isWrong }) => size !== sizes.get(path) || isWrong,
  );
  const givesRanges = new Set(
    files.flatMap(({ number, habit }) => (habit === 'no_ranges' ? [] : [`/${number}.bin`])),
  );
  const allowed = ({ ended, life }: Answer) => (ended === 'cut' || lives[life]?.wasKilled === true ? MIB : 0);
  const needless = answers
    .filter((answer) => givesRanges.has(answer.path) && answer.again > allowed(answer))
    .map(sentenceOf);
  const again = answers.filter(({ path }) => givesRanges.has(path)).map((answer) => answer.again);
  const delivered = answers.reduce((sum, { start, at }) => sum + at - start, 0);
  return {
    answers: answers.length,
    cuts: answers.filter(({ ended }) => ended !== 'whole').length,
    wholeBytes: wholeBytes(files),
    deliveredBytes: delivered,
    // What the system held of connections that were left or lost never reached the client.
    undeliveredBytes: sentBytes(files) - delivered,
    againBytes: again.reduce((sum, bytes) => sum + bytes, 0),
    mostAgain: Math.max(0, ...again),
    heldBytes: held.reduce((sum, { ranges }) => sum + bytesIn(ranges), 0),
    needless: [...needless, ...held.flatMap((part) => notContinued(part, requests) ?? [])],
  };
}

function sentenceOf({ path, life, start, at, end, ended, again }: Answer): string {
  return `${path}: ${again} bytes of the answer ${start}-${at} (of ${end}), ${ended} in life ${life}, came twice`;
}
