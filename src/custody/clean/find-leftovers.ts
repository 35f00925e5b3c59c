import { lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { listBackups } from '../../csv/index.ts';
import { isStagingInUse, leftStaging, outputAt, STAGING_FOLDER } from '../../files/index.ts';
import { listProcesses, type ProcessEntry } from '../../sources/index.ts';
import { CHANGE_LOG, type CsvTracker, isLockHeld, placeOf } from '../../tracker/index.ts';
import { ledgersUnder } from '../known-ledgers.ts';
import type { Folders } from '../world.ts';
import type { Found, FoundStaging, Leftover } from './leftovers.ts';

/** Everything that may go, and what of it is used now. Nothing is changed. */
export async function findLeftovers(
  tracker: CsvTracker,
  folders: Folders,
  isOurRunLive: boolean,
): Promise<Found> {
  const { place } = tracker;
  const busy = isOurRunLive ? 'a run works on this CSV' : await otherRun(place.csv);
  const processes = await listProcesses().catch(() => []);
  const staging: FoundStaging[] = [];
  const workDirs = Object.values(folders).map((folder) => outputAt(folder).workDir);
  for (const folder of new Set(workDirs)) staging.push(...(await stagingIn(folder, busy, processes)));
  return { staging, backups: await backupsOf(place.csv, place.backups), logs: await logsIn(place.runs) };
}

/** Whose staging a folder is does not stand in its name: as long as a run of a CSV beside this one goes on, it may be that one's. */
async function otherRun(csv: string): Promise<string | null> {
  for (const { csvPath } of await ledgersUnder(dirname(csv))) {
    const place = csvPath === csv ? null : await placeOf(csvPath).catch(() => null);
    if (place !== null && (await isLockHeld(place.runLock))) return `a run works on ${csvPath}`;
  }
  return null;
}

async function stagingIn(
  folder: string,
  busy: string | null,
  processes: readonly ProcessEntry[],
): Promise<readonly FoundStaging[]> {
  // A link in its place would lead to what is none of ours.
  const own = await lstat(join(folder, STAGING_FOLDER)).catch(() => null);
  if (own === null || !own.isDirectory()) return [];
  const found: FoundStaging[] = [];
  for (const { path, bytes, mtimeMs } of await leftStaging(folder)) {
    const entry = await lstat(path).catch(() => null);
    if (entry === null) continue;
    const inUse = entry.isDirectory()
      ? (busy ?? (await whoUses(path, processes)))
      : 'it is no folder of an attempt';
    found.push({ kind: 'staging', path, bytes, mtimeMs, inUse });
  }
  return found;
}

async function whoUses(path: string, processes: readonly ProcessEntry[]): Promise<string | null> {
  if (await isStagingInUse(path)) return 'somebody works in it';
  // A child that outlived its run is ended by its guardian, or by the next run.
  const child = processes.find(({ commandLine }) => commandLine.includes(join(path, '/')));
  return child === undefined ? null : `process ${child.pid} works in it`;
}

async function backupsOf(csv: string, folder: string): Promise<readonly Leftover[]> {
  return sized(
    'backup',
    (await listBackups(csv, folder)).map((name) => join(folder, name)),
  );
}

/** Logs of runs, the newest last. What was changed besides runs stays: a lost ledger has it from nowhere else. */
async function logsIn(folder: string): Promise<readonly Leftover[]> {
  const names = await readdir(folder).catch(() => []);
  return sized(
    'log',
    names
      .filter((name) => name.endsWith('.log') && name !== CHANGE_LOG)
      .toSorted()
      .map((name) => join(folder, name)),
  );
}

async function sized(kind: Leftover['kind'], paths: readonly string[]): Promise<readonly Leftover[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const there = await lstat(path).catch(() => null);
      return there?.isFile() === true ? [{ kind, path, bytes: there.size, mtimeMs: there.mtimeMs }] : [];
    }),
  );
  return found.flat();
}
