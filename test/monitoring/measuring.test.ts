import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, open, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { countRunProcesses } from '../../src/monitoring/active-processes.ts';
import { systemClock } from '../../src/monitoring/clock.ts';
import { DiskMeter } from '../../src/monitoring/disk-meter.ts';
import { freeDiskSpace } from '../../src/monitoring/disk-space.ts';
import { measureDiskUsage } from '../../src/monitoring/disk-usage.ts';
import { countDescendants, parseParents } from '../../src/monitoring/process-tree.ts';
import { tempFolder } from '../support/temp-folder.ts';

async function filesIn(folder: string, files: Readonly<Record<string, number>>): Promise<void> {
  for (const [name, size] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), Buffer.alloc(size));
  }
}

it('the size of the download folders is that of their files, sidecars and staging as well', async () => {
  const folder = await tempFolder();
  await filesIn(folder, { 'a.mp4': 1000, 'a_metadata.json': 10, 'deep/er/b.mp4': 500, '.staging/c.part': 7 });
  expect(await measureDiskUsage([folder], null)).toEqual({
    bytes: 1517,
    source: 'disk',
    mediaFiles: 2,
    mediaBytes: 1500,
  });
});

it('a file with two names, a folder in a folder and a link count once', async () => {
  const folder = await tempFolder();
  await filesIn(folder, { 'inner/a.mp4': 1000 });
  await link(join(folder, 'inner/a.mp4'), join(folder, 'b.mp4'));
  await symlink(join(folder, 'inner'), join(folder, 'round'));
  expect((await measureDiskUsage([folder, join(folder, 'inner'), folder], null)).bytes).toBe(1000);
});

it('a folder that is not there is empty', async () => {
  const folder = await tempFolder();
  expect(await measureDiskUsage([join(folder, 'none')], 5)).toMatchObject({ bytes: 0, source: 'disk' });
});

it('a folder that is too large to look through has the size on record', async () => {
  const folder = await tempFolder();
  await filesIn(folder, Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`${n}.mp4`, 10])));
  const limits = { maxFiles: 50, maxMilliseconds: 60_000, monotonic: () => performance.now() };
  expect(await measureDiskUsage([folder], 123_456, limits)).toMatchObject({
    bytes: 123_456,
    source: 'ledger',
  });
  const seen = await measureDiskUsage([folder], null, limits);
  expect(seen.source).toBe('partial');
  expect(seen.bytes).toBeGreaterThanOrEqual(500);
  expect(seen.bytes).toBeLessThan(2000);
});

it('a look at the disk ends when its time is up', async () => {
  const folder = await tempFolder();
  await filesIn(folder, { 'a.mp4': 10, 'b/c.mp4': 10 });
  let now = 0;
  const limits = { maxFiles: 1000, maxMilliseconds: 1, monotonic: () => (now += 10) };
  expect((await measureDiskUsage([folder], 99, limits)).source).toBe('ledger');
});

it('a folder that is too large is left alone for ten minutes', async () => {
  const folder = await tempFolder();
  await filesIn(folder, Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`${n}.mp4`, 10])));
  let now = 0;
  const meter = new DiskMeter([folder], { maxFiles: 10, maxMilliseconds: 60_000, monotonic: () => now });
  expect(await meter.measure(5000)).toMatchObject({ source: 'ledger', bytes: 5000 });
  await filesIn(folder, { 'large.mp4': 9000 });
  expect((await meter.measure(5001)).mediaFiles).toBe(0);
  now += 600_000;
  expect((await meter.measure(5002)).mediaFiles).toBeGreaterThan(10);
});

it('free space is known for a folder that will be made', async () => {
  const folder = await tempFolder();
  expect(await freeDiskSpace([join(folder, 'not/yet')])).toBeGreaterThan(0);
});

it('descendants are children, their children and so on, each once', () => {
  const tree = new Map([
    [1, [2, 3]],
    [2, [4]],
    [4, [1]],
    [9, [10]],
  ]);
  expect(countDescendants(tree, 1)).toBe(3);
  expect(countDescendants(tree, 10)).toBe(0);
  expect(parseParents('  1 0 Ss\n 22  1 S+\n 23 22 Z\nrubbish\n')).toEqual([
    [1, 0],
    [22, 1],
  ]);
});

it('a lock file that nobody holds names no run, whatever stands in it', async () => {
  const lockFile = join(await tempFolder(), 'run.lock');
  expect(await countRunProcesses(lockFile, systemClock)).toBe(0);
  expect(await readdir(join(lockFile, '..'))).toEqual([]);
  await writeFile(lockFile, `process ${process.pid}\n`);
  expect(await countRunProcesses(lockFile, systemClock)).toBe(0);
});

/** A process that holds the lock and has started another one. */
async function startHolder(lockFile: string, note: string) {
  const program = `
    const { openSync, writeSync } = require('node:fs');
    const { spawn } = require('node:child_process');
    const { tryLock } = require('fs-native-extensions');
    const fd = openSync(${JSON.stringify(lockFile)}, 'a+');
    if (!tryLock(fd)) process.exit(1);
    writeSync(fd, ${note});
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    process.on('SIGTERM', () => { child.kill('SIGKILL'); process.exit(0); });
    child.once('spawn', () => console.log('held'));`;
  const holder = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(holder, 'exit');
  onTestFinished(async () => {
    holder.kill('SIGTERM');
    await ended;
  });
  await once(holder.stdout, 'data');
  return { holder, ended };
}

it('a run in another process counts with what it started, until it ends', async () => {
  const lockFile = join(await tempFolder(), 'run.lock');
  const { holder, ended } = await startHolder(lockFile, '"process " + process.pid + "\\n"');
  expect(await countRunProcesses(lockFile, systemClock)).toBe(2);
  holder.kill('SIGTERM');
  await ended;
  expect(await countRunProcesses(lockFile, systemClock)).toBe(0);
});

it.runIf(process.platform === 'linux')(
  'the number of a process that does not hold the lock is not believed',
  async () => {
    const lockFile = join(await tempFolder(), 'run.lock');
    await startHolder(lockFile, `"process ${process.ppid}\\n"`);
    expect(await countRunProcesses(lockFile, systemClock)).toBe(1);
  },
);

it.runIf(process.platform === 'linux')(
  'a process that only has the lock file open is not the run',
  async () => {
    const lockFile = join(await tempFolder(), 'run.lock');
    await using reader = await open(lockFile, 'a+');
    void reader;
    await startHolder(lockFile, `"process ${process.pid}\\n"`);
    expect(await countRunProcesses(lockFile, systemClock)).toBe(1);
  },
);
