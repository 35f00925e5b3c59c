import Database from 'better-sqlite3';
import { mkdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import {
  alertConditions,
  MetricsSampler,
  RunningCounts,
  type SamplerOptions,
} from '../../src/monitoring/index.ts';
import { lendTracker } from '../../src/tracker/index.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { peopleCsv, record } from './fixtures.ts';

/** A clock whose time passes when it is told to. */
function steppedClock() {
  let now = Date.parse('2026-11-20T12:00:00.000Z');
  const waiting: { until: number; resolve: () => void }[] = [];
  return {
    now: () => now,
    sleep: (milliseconds: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ until: now + milliseconds, resolve });
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
    /** Once somebody waits: who is on the way to it would begin to wait too late. */
    pass: async (milliseconds: number) => {
      await expect.poll(() => waiting.some(({ until }) => until > now), { timeout: 30_000 }).toBe(true);
      now += milliseconds;
      for (const { until, resolve } of waiting) if (until <= now) resolve();
    },
  };
}

const counts = (pending: number, completed: number, failed: number) => ({
  totalRows: pending + completed + failed,
  youtube: { hasContent: pending + completed + failed, pending, completed, failed },
  drive: { hasContent: 0, pending: 0, completed: 0, failed: 0 },
});

async function sampling(extra: Partial<SamplerOptions> = {}) {
  const { folder, csvPath, youtubeDir, driveDir } = await peopleCsv();
  const clock = steppedClock();
  await record(csvPath, { rowId: '1', endedAt: new Date(clock.now()), seconds: 3, size: 5000 });
  const lent = await lendTracker(csvPath);
  onTestFinished(() => lent[Symbol.asyncDispose]());
  const notes: string[] = [];
  const { tracker } = lent;
  const start = () =>
    new MetricsSampler({
      tracker,
      csvPath,
      folders: [youtubeDir, driveDir],
      counts: () => counts(5, 3, 1),
      conditions: alertConditions(),
      clock,
      onNote: (message) => notes.push(message),
      ...extra,
    });
  const samples = async () => (await tracker.ledger()).samplesSince('2026-11-20T00:00:00.000Z');
  return { folder, clock, tracker, notes, start, samples };
}

it('a sample is kept at the beginning, every minute, and once more at the end, without a look at the CSV', async () => {
  const { clock, start, samples, notes } = await sampling();
  {
    await using sampler = start();
    void sampler;
    for (let minutes = 0; minutes <= 3; minutes++) {
      await expect.poll(async () => (await samples()).length).toBe(minutes + 1);
      await clock.pass(minutes === 3 ? 5000 : 60_000);
    }
  }
  const kept = await samples();
  expect(kept.map(({ at }) => at.slice(11, 19))).toEqual([
    '12:00:00',
    '12:01:00',
    '12:02:00',
    '12:03:00',
    '12:03:05',
  ]);
  expect(kept[0]).toMatchObject({
    totalRows: 9,
    pending: 5,
    completed: 3,
    failed: 1,
    successRate: 0.75,
    errorRate: 0.25,
    avgDownloadTime: 3,
    diskUsageBytes: 5000,
    downloadedBytes: 5000,
  });
  expect(notes).toEqual([]);
});

it('alerts are told when they begin and when they are over, also at the very end of a run', async () => {
  const lines: string[] = [];
  let failed = 3;
  const { clock, start, samples } = await sampling({
    counts: () => counts(0, 3, failed),
    targets: { log: (line) => lines.push(line) },
  });
  {
    await using sampler = start();
    void sampler;
    await expect.poll(() => lines.length).toBe(1);
    await expect.poll(async () => (await samples()).length).toBe(1);
    await clock.pass(60_000);
    await expect.poll(async () => (await samples()).length).toBe(2);
    failed = 0;
  }
  expect(lines).toEqual([
    expect.stringContaining('high_failure_rate: The failure rate is 50 %'),
    expect.stringContaining('[over]'),
  ]);
});

it('what waits to be downloaded is no alert of the run that works it off; what it leaves is told to others at its end', async () => {
  const lines: string[] = [];
  let pending = 149;
  const told = join(await tempFolder(), 'told');
  const { clock, start, samples } = await sampling({
    counts: () => counts(pending, 3, 0),
    targets: { log: (line) => lines.push(line), command: ['tee', '-a', told] },
  });
  const events = async () =>
    (await readFile(told, 'utf8').catch(() => '')).match(/"event":\s*"\w+"|stuck_downloads/g) ?? [];
  {
    await using sampler = start();
    void sampler;
    await expect.poll(async () => (await samples()).length).toBe(1);
    await clock.pass(60_000);
    await expect.poll(async () => (await samples()).length).toBe(2);
    expect(await events()).toEqual([]);
  }
  expect(await events()).toEqual(expect.arrayContaining(['stuck_downloads', '"event":"begun"']));
  {
    await using sampler = start();
    void sampler;
    // The first sampler's sleep still counts as one.
    for (const minute of [60_000, 60_000]) await clock.pass(minute);
    await expect.poll(async () => (await samples()).at(-1)?.at).not.toContain('12:01');
    expect(await events()).not.toContain('"event":"ended"');
    pending = 0;
  }
  expect(await events()).toContain('"event":"ended"');
  expect(lines).toEqual([]);
});

it('pending downloads that do not get fewer are an alert of a run, too', async () => {
  const lines: string[] = [];
  const { clock, start, samples } = await sampling({
    counts: () => counts(149, 3, 0),
    conditions: alertConditions([
      { name: 'stuck', metric: 'pendingDownloads', comparison: '>', threshold: 100, duration: 60 },
    ]),
    targets: { log: (line) => lines.push(line) },
  });
  await using sampler = start();
  void sampler;
  await expect.poll(async () => (await samples()).length).toBe(1);
  await clock.pass(60_000);
  await expect.poll(() => lines).toEqual([expect.stringContaining('stuck')]);
});

it('samples that cannot be kept are a warning, once, and alerts go on', async () => {
  const lines: string[] = [];
  const { clock, tracker, start, notes } = await sampling({
    counts: () => counts(0, 3, 3),
    targets: { log: (line) => lines.push(line) },
  });
  const db = new Database(tracker.place.ledger);
  db.exec('DROP TABLE metric_sample');
  db.close();
  {
    await using sampler = start();
    void sampler;
    await clock.pass(60_000);
    await expect.poll(() => lines.length).toBe(1);
    await clock.pass(60_000);
  }
  expect(notes).toEqual([expect.stringMatching(/^no sample could be kept: .*metric_sample/)]);
});

it('what was told cannot be kept: a warning, once, and nobody is told twice', async () => {
  const lines: string[] = [];
  const { folder, clock, start, notes, samples } = await sampling({
    counts: () => counts(0, 3, 3),
    targets: { log: (line) => lines.push(line) },
  });
  const file = join(folder, '.rowtrail/people.csv/alerts.json');
  // A folder where the file has to stand cannot be replaced by it.
  await mkdir(file);
  {
    await using sampler = start();
    void sampler;
    for (let minutes = 1; minutes <= 2; minutes++) {
      await clock.pass(60_000);
      await expect.poll(async () => (await samples()).length).toBe(minutes);
    }
    await expect.poll(() => notes.length).toBe(1);
    await rmdir(file);
  }
  expect(notes).toEqual([expect.stringMatching(/^alerts could not be checked: .*cannot keep/)]);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
    alerts: { high_failure_rate: { told: ['log'] } },
  });
});

it('a target that cannot be reached is a warning, once', async () => {
  const { start, notes, clock } = await sampling({
    counts: () => counts(0, 3, 3),
    targets: { command: ['/no/such/program'] },
  });
  {
    await using sampler = start();
    void sampler;
    await clock.pass(60_000);
    await expect.poll(() => notes.length).toBe(1);
  }
  expect(notes).toEqual([expect.stringMatching(/^alerts could not be sent to the command: .*ENOENT/)]);
});

it('a run counts along how its downloads stand', () => {
  const running = new RunningCounts();
  running.begin(counts(2, 0, 1));
  running.moved('youtube', 'pending', 'completed');
  running.moved('youtube', 'failed', 'completed');
  running.moved('youtube', 'pending', 'pending');
  running.moved('youtube', 'pending', 'failed');
  expect(running.now.youtube).toEqual({ hasContent: 3, pending: 0, completed: 2, failed: 1 });
  running.moved('youtube', 'pending', 'completed');
  expect(running.now.youtube.pending).toBe(0);
  expect(running.now.totalRows).toBe(3);
});

it('counts that throw do not disturb the run', async () => {
  const { start, notes } = await sampling({
    counts: () => {
      throw new Error('no counts');
    },
  });
  await start()[Symbol.asyncDispose]();
  expect(notes).toEqual(['no sample could be kept: no counts']);
});
