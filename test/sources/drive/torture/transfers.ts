import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getDownloadStatusSummary, listFailures } from '../../../../src/index.ts';
import { STAGING_FOLDER } from '../../../../src/files/index.ts';
import { readRecord } from '../../../../src/sources/drive/transfer/part-record.ts';
import { bytesIn, type Range } from '../../../../src/sources/drive/transfer/ranges.ts';
import { seeded } from '../../../tracker/torture/random.ts';
import { contentOf, type HostileFile, hostileFiles, sha256Of } from './hostile-file.ts';
import { modifiedOf, startHostileServer } from './hostile-server.ts';

export interface TransferTorture {
  /** An empty folder. */
  readonly folder: string;
  readonly files: number;
  readonly kills: number;
  /** Decides what goes wrong when; what the machine does in between it cannot repeat. */
  readonly seed: number;
}

const MIB = 1 << 20;
/** What Linux holds of one connection between two processes of this machine, at most. */
const SYSTEM_BUFFERS = 10 * MIB;
/** Runs that end by themselves before it counts as hopeless. */
const MOST_RUNS = 12;

/**
 * Fetches files from a server that does everything wrong, with a client that is killed again and again, until all are
 * completed. After each kill and each run every file in the download folder must be whole.
 * @returns what was met, and in `needless` each file of which bytes were sent again without need: beyond 1 MiB for each cut, and what the
 *   system's buffers held of answers that were left
 * @throws AssertionError for a wrong file, and for one that never comes
 */
export async function tortureTransfers({ folder, files: count, kills, seed }: TransferTorture) {
  const random = seeded(seed);
  const files = hostileFiles(count, random);
  const out = join(folder, 'drive');
  const csv = join(folder, 'people.csv');
  await using server = await startHostileServer(files, random);
  const rows = files.map(({ number }) => `${number},P,p@example.org,A,,${server.origin}/${number}.bin`);
  await writeFile(csv, `row_id,name,email,type,youtube_playlist,google_drive\n${rows.join('\n')}\n`);

  const proven = new Map<string, string>();
  const arrived: Arrived[][] = [];
  let killed = 0;
  for (; killed < kills; killed += 1) {
    const share = (wholeBytes(files) / kills) * 1.5 * random();
    const isOver = await run(csv, out, files, sentBytes(files) + share);
    await checkFolder(out, files, proven);
    if (isOver) break;
    arrived.push(await arrivedIn(out, files, killed));
    server.killed(({ number }) => provenNumbers(proven).has(number));
  }
  let runs = 0;
  for (;;) {
    const { drive } = await getDownloadStatusSummary(csv);
    if (drive.completed === count) break;
    if (runs >= MOST_RUNS) assert.fail(`files never came: ${JSON.stringify(await listFailures(csv))}`);
    if (runs >= MOST_RUNS / 2) server.calmDown();
    await run(csv, out, files, Infinity);
    await checkFolder(out, files, proven);
    runs += 1;
  }
  for (const file of files) {
    const wanted = sha256Of(contentOf(file, file.version));
    assert.ok([...proven.values()].includes(wanted), `file ${file.number} is not what its host has`);
  }
  const { needless, ...repeated } = repeatsOf(files);
  const continued = continuedOf(arrived.flat());
  return {
    ...{ files: count, kills: killed, runs, met: Object.fromEntries(server.met), ...repeated },
    ...{ continuedBytes: continued.bytes, needless: [...needless, ...continued.needless] },
  };
}

/**
 * One run, killed as soon as so many bytes were sent altogether.
 * @returns whether it ended by itself before
 */
async function run(
  csv: string,
  out: string,
  files: readonly HostileFile[],
  killAtBytes: number,
): Promise<boolean> {
  const client = join(import.meta.dirname, 'run-client.ts');
  const child = spawn(process.execPath, [client, csv, out], { stdio: ['ignore', 'ignore', 'pipe'] });
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

function provenNumbers(proven: ReadonlyMap<string, string>): ReadonlySet<number> {
  return new Set([...proven.keys()].map((name) => Number.parseInt(name, 10)));
}

/** Every file that has its name is whole, and one of the versions that its host gave out. */
async function checkFolder(
  out: string,
  files: readonly HostileFile[],
  proven: Map<string, string>,
): Promise<void> {
  const names = await readdir(out).catch(() => []);
  for (const name of names) {
    if (!name.endsWith('.bin') || proven.has(name)) continue;
    const number = Number(/^(\d+)_row/.exec(name)?.[1]);
    const file = files[number];
    assert.ok(file !== undefined, `${name} belongs to no file`);
    const sha256 = sha256Of(await readFile(join(out, name)));
    const versions = [1, 2].map((version) => sha256Of(contentOf(file, version)));
    assert.ok(versions.includes(sha256), `${name} is wrong (${file.habit})`);
    const sidecar = JSON.parse(
      await readFile(join(out, name.replace(/\.bin$/, '_metadata.json')), 'utf8'),
    ) as { files: { sha256: string }[] };
    assert.equal(sidecar.files[0]?.sha256, sha256, `the sidecar of ${name}`);
    proven.set(name, sha256);
  }
}

/** What was in staging of a file after a kill. */
interface Arrived {
  readonly file: HostileFile;
  readonly kills: number;
  readonly restarts: number;
  readonly ranges: readonly Range[];
}

/** What every part holds, by its own record. */
async function arrivedIn(out: string, files: readonly HostileFile[], kills: number): Promise<Arrived[]> {
  const staging = join(out, STAGING_FOLDER);
  const names = await readdir(staging, { recursive: true }).catch(() => []);
  const found: Arrived[] = [];
  for (const name of names.filter((path) => path.endsWith('.part'))) {
    const record = await readRecord(join(staging, name.replace(/\.part$/, '.json')));
    const file = files.find(({ size }) => size === record?.facts.size);
    if (record === null || file === undefined) continue;
    // A lie that is found out, or another version meanwhile, has all of it fetched again.
    const isOfNow = record.facts.lastModified === modifiedOf(file);
    if (file.lied || !isOfNow) continue;
    const { size } = await stat(join(staging, name));
    const ranges = record.ranges ?? [{ start: 0, end: size }];
    found.push({ file, kills, restarts: file.restarts, ranges });
  }
  return found;
}

/** What was in staging after a kill, and the files of which more than a cut may cost of that was sent again. */
function continuedOf(all: readonly Arrived[]) {
  const needless: string[] = [];
  let bytes = 0;
  for (const { file, kills, restarts, ranges } of all) {
    if (file.restarts !== restarts || file.habit === 'no_ranges') continue;
    const again = file.ranges
      .filter((sent) => sent.kills > kills)
      .flatMap((sent) =>
        ranges.map(({ start, end }) => Math.max(0, Math.min(end, sent.end) - Math.max(start, sent.start))),
      )
      .reduce((sum, repeated) => sum + repeated, 0);
    // The kill itself is a cut, too.
    if (again > (file.losses + file.cuts + 1) * MIB)
      needless.push(`file ${file.number}: ${again} bytes that were there came again`);
    bytes += bytesIn(ranges);
  }
  return { bytes, needless };
}

/**
 * Bodies whose rest another connection took over although it was on its way already: the client left them, and what the
 * system held of them by then is lost, also where the server had sent them to their end.
 */
function takenOver({ ranges }: HostileFile): number {
  return ranges.filter(
    (left, at) =>
      !left.wasCut &&
      ranges
        .slice(at + 1)
        .some(
          ({ start, kills, version }) =>
            kills === left.kills && version === left.version && left.start < start && start < left.end,
        ),
  ).length;
}

/** What was sent beyond each file's size, where its host gives out ranges. */
function repeatsOf(files: readonly HostileFile[]) {
  const needless: string[] = [];
  let repeated = 0;
  let cuts = 0;
  let losses = 0;
  for (const file of files) {
    if (file.habit === 'no_ranges') continue;
    const needed = file.size * (1 + file.restarts);
    const beyond = Math.max(0, file.sent - needed);
    const lost = file.losses + takenOver(file);
    if (beyond > file.cuts * MIB + lost * (MIB + SYSTEM_BUFFERS))
      needless.push(
        `file ${file.number}: ${beyond} bytes came again after ${file.cuts} cuts and ${lost} losses: ${JSON.stringify(file)}`,
      );
    repeated += beyond;
    cuts += file.cuts;
    losses += lost;
  }
  return { needless, cuts, losses, repeatedBytes: repeated, wholeBytes: wholeBytes(files) };
}
