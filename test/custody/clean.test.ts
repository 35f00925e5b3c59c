import { mkdir, readdir, readFile, symlink, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planCleaning } from '../../src/custody/clean/leftovers.ts';
import { openAttempt } from '../../src/files/index.ts';
import { CHANGE_LOG, lendTracker } from '../../src/tracker/index.ts';
import { runCli } from '../support/cli.ts';
import { afterRun, type Home, type Medium, nameOf, put, sidecarNameOf } from './fixtures.ts';

const ADA: Medium = { rowId: '001', mediaId: 'aaaaaaaaaaa', content: 'the engine' };
const DAY_MS = 86_400_000;
const NOW = Date.now();
const beside = (home: Home) => join(home.folder, '.rowtrail', 'people.csv');
const clean = (home: Home, ...flags: string[]) =>
  runCli(['clean', 'people.csv', ...flags], { cwd: home.folder });

/** A file of this age, in days. */
async function aged(path: string, days: number): Promise<string> {
  await put(path, 'x'.repeat(1000));
  const at = new Date(NOW - days * DAY_MS);
  await utimes(path, at, at);
  return path;
}

/** A home after some months: backups and logs of each age, and what killed runs left. */
async function afterMonths(): Promise<Home> {
  const home = await afterRun([ADA]);
  for (const days of [1, 10, 40, 50, 60, 70]) {
    const stamp = new Date(NOW - days * DAY_MS).toISOString();
    await aged(join(beside(home), 'backups', `people.${stamp.replaceAll(/[:.]/g, '-')}.csv`), days);
    await aged(join(beside(home), 'runs', `${stamp.slice(0, 19).replaceAll(':', '-')}-ab12.log`), days);
  }
  await aged(join(beside(home), 'runs', CHANGE_LOG), 80);
  const attempt = await openAttempt(home.youtube, { rowId: '001', downloadType: 'youtube', link: 'x' });
  await put(join(attempt.dir, 'media.mp4.part'), 'x'.repeat(5000));
  await attempt.close();
  return home;
}

const namesBeside = async (home: Home, folder: string) =>
  (await readdir(join(beside(home), folder))).toSorted();

describe('clean', () => {
  it('says first what would go, with sizes, and removes nothing', async () => {
    const home = await afterMonths();
    const before = (await readdir(home.folder, { recursive: true })).toSorted();
    const { code, stdout } = await clean(home);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Would be removed: \d+ leftovers \(\d+ kB\)\.$/m);
    expect(stdout).toMatch(/\.rowtrail-staging\/[0-9a-f]{24} \(5\.0 kB\)/);
    expect(stdout).toMatch(/rowtrail clean people\.csv --yes/);
    expect((await readdir(home.folder, { recursive: true })).toSorted()).toEqual(before);
  });

  it('removes staging, old backups but the last ones, and old logs; never a file of a row', async () => {
    const home = await afterMonths();
    const { code, stdout } = await clean(home, '--yes', '--json');
    expect(code).toBe(0);
    const said = JSON.parse(stdout);
    const kinds = Map.groupBy(said.leftovers as { kind: string }[], ({ kind }) => kind);
    expect([...kinds].map(([kind, all]) => [kind, all.length])).toEqual([
      ['staging', 1],
      ['backup', 4],
      ['log', 4],
    ]);
    // Resets and row_ids that changed stand only there: a ledger that is lost is made anew from it, however old it is.
    expect(await namesBeside(home, 'runs')).toHaveLength(3);
    expect(await namesBeside(home, 'runs')).toContain(CHANGE_LOG);
    expect((await readdir(home.youtube)).toSorted()).toEqual([nameOf(ADA), sidecarNameOf(ADA)].toSorted());
    expect(JSON.parse((await clean(home, '--yes', '--json')).stdout)).toMatchObject({
      leftovers: [],
      bytes: 0,
    });
    expect((await runCli(['verify', 'people.csv', '--hash'], { cwd: home.folder })).code).toBe(0);
  });

  it('keeps as many backups as asked for, and what is younger than asked for', async () => {
    const home = await afterMonths();
    const all = (await namesBeside(home, 'backups')).length;
    await clean(home, '--yes', '--older-than', '65d', '--keep-backups', '1');
    expect(await namesBeside(home, 'backups')).toHaveLength(all - 1);
    expect(await readdir(home.youtube)).toContain('.rowtrail-staging');
    const kept = (await namesBeside(home, 'backups')).slice(-1);
    await clean(home, '--yes', '--keep-backups', '1');
    expect(await namesBeside(home, 'backups')).toEqual(kept);
    for (const flags of [
      ['--keep-backups', 'x'],
      ['--older-than', '5'],
      ['--yes', '--dry-run'],
    ])
      expect(await clean(home, ...flags)).toMatchObject({ code: 2 });
  });

  it('leaves what is used: a lock, a process, a run, and what is behind a link', async () => {
    const home = await afterMonths();
    const held = await openAttempt(home.drive, { rowId: '001', downloadType: 'drive', link: 'y' });
    const child = await openAttempt(home.drive, { rowId: '002', downloadType: 'drive', link: 'z' });
    await child.close();
    const running = spawn(process.execPath, [
      '-e',
      'setTimeout(() => {}, 60000)',
      join(child.dir, 'media.mp4'),
    ]);
    await put(join(home.folder, 'mine', 'inner', 'file.txt'), 'mine');
    await symlink(join(home.folder, 'mine'), join(home.drive, '.rowtrail-staging', 'link'));
    const { stdout } = await clean(home, '--yes', '--json');
    const kept = (JSON.parse(stdout).kept as { path: string; why: string }[]).map(({ path }) => path);
    expect(kept.toSorted()).toEqual(
      [held.dir, child.dir, join(home.drive, '.rowtrail-staging', 'link')].toSorted(),
    );
    expect(await readFile(join(home.folder, 'mine', 'inner', 'file.txt'), 'utf8')).toBe('mine');
    running.kill('SIGKILL');
    await once(running, 'close');
    await held.close();
    await using lent = await lendTracker(home.csv);
    const lock = await lent.tracker.tryRunLock();
    expect(await clean(home, '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/another rowtrail run/),
    });
    const shown = JSON.parse((await clean(home, '--json', '--older-than', '0d')).stdout);
    expect(shown.kept).toHaveLength(3);
    // The newest log may be the one that the run writes.
    const logs = (shown.leftovers as { kind: string; path: string }[]).filter(({ kind }) => kind === 'log');
    const runs = (await namesBeside(home, 'runs')).filter((name) => name !== CHANGE_LOG);
    expect(runs).toHaveLength(2);
    expect(logs.map(({ path }) => basename(path))).toEqual(runs.slice(0, -1));
    await lock?.release();
    expect(JSON.parse((await clean(home, '--yes', '--json')).stdout).leftovers).toHaveLength(2);
    await using other = await lendTracker(
      await put(join(home.folder, 'other.csv'), await readFile(home.csv, 'utf8')),
    );
    await (await other.tracker.ledger()).rowsAfter(null, 1);
    const running2 = await other.tracker.tryRunLock();
    await mkdir(join(home.drive, '.rowtrail-staging', 'abc'), { recursive: true });
    expect(JSON.parse((await clean(home, '--yes', '--json')).stdout).leftovers).toEqual([]);
    await running2?.release();
    expect(JSON.parse((await clean(home, '--yes', '--json')).stdout).leftovers).toHaveLength(1);
  });

  it('removes old samples of the metrics', async () => {
    const home = await afterRun([ADA]);
    await using lent = await lendTracker(home.csv);
    const ledger = await lent.tracker.ledger();
    const sample = (days: number) => ({
      at: new Date(NOW - days * DAY_MS).toISOString(),
      totalRows: 1,
      pending: 0,
      completed: 1,
      failed: 0,
      successRate: 1,
      errorRate: 0,
      avgDownloadTime: null,
      diskUsageBytes: 1,
      activeProcesses: 0,
      downloadedBytes: 1,
    });
    for (const days of [20, 8, 1]) await ledger.recordSample(sample(days));
    expect(JSON.parse((await clean(home, '--json', '--older-than', '7d')).stdout)).toMatchObject({
      samples: 2,
    });
    expect(JSON.parse((await clean(home, '--json', '--older-than', '7d', '--yes')).stdout)).toMatchObject({
      samples: 2,
    });
    expect(await ledger.samplesSince('')).toEqual([sample(1)]);
  });
});

it('whatever there is: what is used, the last backups and what is young never goes', () => {
  const age = fc.integer({ min: 0, max: 100 });
  const of = (kind: 'staging' | 'backup' | 'log') =>
    fc
      .array(age, { maxLength: 12 })
      .map((ages) =>
        ages
          .toSorted((a, b) => b - a)
          .map((days, n) => ({ kind, path: `/${kind}/${n}`, bytes: 1, mtimeMs: NOW - days * DAY_MS })),
      );
  const wish = fc.option(fc.integer({ min: 0, max: 10 }));
  fc.assert(
    fc.property(
      of('staging'),
      of('backup'),
      of('log'),
      wish,
      wish,
      (staging, backups, logs, keepBackups, days) => {
        const used = staging.map((each, n) => ({ ...each, inUse: n % 2 === 0 ? 'used' : null }));
        const olderThanMs = days === null ? null : days * DAY_MS;
        const plan = planCleaning(
          { staging: used, backups, logs },
          { keepBackups, olderThanMs },
          new Date(NOW),
        );
        const goes = new Set(plan.goes.map(({ path }) => path));
        expect(used.filter(({ path, inUse }) => inUse !== null && goes.has(path))).toEqual([]);
        const last = keepBackups ?? 3;
        expect(
          backups.slice(Math.max(0, backups.length - last)).filter(({ path }) => goes.has(path)),
        ).toEqual([]);
        const young = [...staging, ...backups, ...logs].filter(
          ({ mtimeMs }) => mtimeMs >= NOW - (olderThanMs ?? -1),
        );
        expect(young.filter(({ path }) => goes.has(path))).toEqual([]);
      },
    ),
    // A backup that is made while it is looked.
    { examples: [[[], [{ kind: 'backup', path: '/backup/0', bytes: 1, mtimeMs: NOW }], [], 0, 0]] },
  );
});
