import { readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { RowtrailError, runWorkflow, type WorkflowOptions } from '../../src/index.ts';
import { startTestInternet } from '../support/internet.ts';
import { csvFile, HEADER, readCells, rowOf } from '../tracker/fixtures.ts';
import { file, hurriedClock, video, workOn } from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  for (const n of [1, 2]) {
    internet.youtube.addVideo({ id: `flow-clip-${n}`, captions: [{ lang: 'en', text: `words ${n}` }] });
    internet.drive.addFile({ id: `flow-drive-${n}`, name: `${n}.txt`, body: `words ${n}` });
  }
  internet.youtube.addVideo({ id: 'flow-gone-1', behaviour: 'removed' });
});
afterAll(() => internet.close());

const work = (csv: string, options?: WorkflowOptions) => workOn(internet, csv, options);

it('tells its plan first, then each download, sums it up, and logs it without names and e-mails', async () => {
  const csv = await csvFile([
    HEADER,
    `1,Jemima,jemima@example.org,T,,${file('flow-drive-1')},`,
    `2,Bob,bob@example.org,T,,nonsense,`,
  ]);
  const { summary, events, folder } = await work(csv);
  expect(events[0]).toMatchObject({
    kind: 'planned',
    runId: summary.runId,
    plan: { drive: { toFetch: 1, malformed: 1 } },
  });
  const kinds = events.filter(({ kind }) => kind !== 'progress').map(({ kind }) => kind);
  expect(kinds.toSorted()).toEqual(['alert', 'completed', 'failed', 'planned', 'started', 'started']);
  expect(events.find(({ kind }) => kind === 'failed')).toMatchObject({
    failure: { rowId: '2', line: 3, status: 'failed', cause: 'malformed_link', permanent: true },
  });
  expect(summary).toMatchObject({
    csvPath: csv,
    drive: { tried: 2, completed: 1, failed: 1, later: 0, left: 0, files: 1, bytes: 7 },
    youtube: { tried: 0 },
    interrupted: false,
    complete: false,
    pauses: [],
    folders: { drive: join(folder, 'drive_downloads') },
  });
  expect(summary.endedAt.getTime()).toBeGreaterThanOrEqual(summary.startedAt.getTime());

  const log = await readFile(summary.log, 'utf8');
  const entries = log
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(entries.map(({ msg }) => msg).toSorted()).toEqual([
    'alert',
    'completed',
    'failed',
    'planned',
    'recorded',
    'recorded',
    'started',
    'started',
  ]);
  expect(entries[0]).toMatchObject({
    run_id: summary.runId,
    plan: { total_rows: 2, drive: { to_fetch: 1 } },
  });
  expect(log).not.toMatch(/Jemima|jemima@/);
});

it('keeps its lock until it has ended, and no longer', async () => {
  const csv = await csvFile([HEADER, `1,A,a@x,T,,${file('flow-drive-1')},`]);
  // It is under way until the second run was refused, which waits a moment for somebody who has the lock for a moment only.
  const slow = internet.drive.files.get('flow-drive-1');
  const secondIsOver = Promise.withResolvers<unknown>();
  if (slow) slow.faults.download = { until: secondIsOver.promise, times: 1 };
  const second: Promise<unknown>[] = [];
  await work(csv, {
    onEvent: ({ kind }) => {
      if (kind !== 'started') return;
      second.push(runWorkflow(csv).catch((error: unknown) => error));
      secondIsOver.resolve(second[0]);
    },
  });
  const refused = await Promise.all(second);
  expect(refused).toHaveLength(1);
  expect(refused[0]).toBeInstanceOf(RowtrailError);
  expect(refused[0]).toMatchObject({ code: 'locked', file: csv });
  expect((await work(csv)).summary.complete).toBe(true);
});

it('one dead video among two completes the row, with one entry for the dead one, which is not asked for again', async () => {
  const link = 'https://www.youtube.com/watch_videos?video_ids=flow-clip-1,flow-gone-1';
  const csv = await csvFile([HEADER, `1,A,a@x,T,"${link}",,`]);
  const { summary } = await work(csv);
  expect(summary).toMatchObject({ complete: true, youtube: { completed: 1 } });
  const row = await rowOf(csv, '1');
  expect(row).toMatchObject({
    youtube_status: 'completed',
    youtube_media_id: 'flow-clip-1',
    youtube_files: 'flow-clip-1_row1_T.mp4,flow-clip-1_row1_T.en.vtt',
  });
  expect(row['download_errors']?.split('; ')).toHaveLength(1);
  expect(row['download_errors']).toMatch(/^youtube attempt 1 validation: .*removed/);
  expect((await work(csv)).requests).toEqual([]);
});

it('a transcript that meets a 429 leaves the row pending with its video, and the next run fetches the transcript alone', async () => {
  const busy = internet.youtube.addVideo({
    id: 'flow-busy-1',
    captions: [{ lang: 'en', text: 'busy' }],
    faults: { timedtext: { status: 429 } },
  });
  const csv = await csvFile([HEADER, `1,A,a@x,T,${video(busy.id)},,`]);
  const first = await work(csv, { maxWait: 0 });
  expect(first.summary).toMatchObject({ complete: false, youtube: { tried: 1, later: 1 } });
  expect(await rowOf(csv, '1')).toMatchObject({
    youtube_status: 'pending',
    youtube_files: 'flow-busy-1_row1_T.mp4',
    download_errors: expect.stringContaining('rate_limit'),
  });
  busy.faults = {};
  const next = await work(csv, { retryAttempts: 1 });
  expect(next.summary.complete).toBe(true);
  expect(next.requests.filter(({ path }) => path === '/videoplayback')).toEqual([]);
  expect(await rowOf(csv, '1')).toMatchObject({
    youtube_status: 'completed',
    youtube_files: 'flow-busy-1_row1_T.mp4,flow-busy-1_row1_T.en.vtt',
  });
});

it('a video without captions, which a run for transcripts gave up, is fetched by the next full run, and once only', async () => {
  internet.youtube.addVideo({ id: 'flow-mute-1' });
  const csv = await csvFile([HEADER, `1,A,a@x,T,${video('flow-mute-1')},,`]);
  const transcripts = await work(csv, { transcriptOnly: true });
  expect(transcripts.summary).toMatchObject({ complete: false, failures: [{ cause: 'no_captions' }] });
  expect(await rowOf(csv, '1')).toMatchObject({ youtube_status: 'failed', youtube_files: '' });
  expect((await work(csv, { transcriptOnly: true })).requests).toEqual([]);
  const full = await work(csv);
  expect(full.summary).toMatchObject({ complete: true, youtube: { tried: 1, completed: 1 } });
  expect(await rowOf(csv, '1')).toMatchObject({
    youtube_status: 'completed',
    youtube_files: 'flow-mute-1_row1_T.mp4',
  });
  expect((await work(csv)).requests).toEqual([]);
});

it('waits for a host that refuses everybody, probes with one download, and completes all without a lost attempt', async () => {
  internet.youtube.behaviour = { kind: 'bot-check', times: 1 };
  const csv = await csvFile([
    HEADER,
    `1,A,a@x,T,${video('flow-clip-1')},,`,
    `2,B,b@x,T,${video('flow-clip-2')},,`,
  ]);
  const clock = hurriedClock();
  const { summary } = await work(csv, { clock, concurrency: 1, retryAttempts: 1 });
  internet.youtube.behaviour = 'ok';
  expect(clock.slept.filter((wait) => wait > 50_000 && wait <= 60_000)).toHaveLength(1);
  expect(summary).toMatchObject({
    complete: true,
    youtube: { completed: 2, later: 0 },
    pauses: [{ host: 'YouTube', waits: true }],
  });
});

describe('while it runs', () => {
  it('a link that a person changes before its turn comes is fetched in place of the old one', async () => {
    internet.drive.addFile({
      id: 'flow-slow-1',
      name: 'slow.bin',
      body: { size: 60_000, seed: 1 },
      faults: { download: { bytesPerSecond: 40_000 } },
    });
    const before = [HEADER, `1,A,a@x,T,,${file('flow-slow-1')},`, `2,B,b@x,T,,${file('flow-drive-1')},`];
    const csv = await csvFile(before);
    let isEdited = false;
    const { summary } = await work(csv, {
      concurrency: 1,
      onEvent: ({ kind }) => {
        if (kind !== 'started' || isEdited) return;
        isEdited = true;
        // At once: the run looks at the CSV half a second later.
        writeFileSync(csv, readFileSync(csv, 'utf8').replace('flow-drive-1', 'flow-drive-2'));
      },
    });
    expect(await rowOf(csv, '1')).toMatchObject({ drive_status: 'completed' });
    expect(await rowOf(csv, '2')).toMatchObject({
      google_drive: file('flow-drive-2'),
      drive_status: 'completed',
      drive_media_id: 'flow-drive-2',
    });
    expect(summary).toMatchObject({ complete: true, drive: { completed: 2, left: 0 } });
  });

  it('a link that a person changes while it is fetched is not completed with what the old one led to', async () => {
    internet.drive.addFile({
      id: 'flow-slow-2',
      name: 'slow.bin',
      body: { size: 60_000, seed: 1 },
      faults: { download: { bytesPerSecond: 40_000 } },
    });
    const csv = await csvFile([HEADER, `1,A,a@x,T,,${file('flow-slow-2')},`]);
    let isEdited = false;
    const { summary } = await work(csv, {
      concurrency: 1,
      onEvent: ({ kind }) => {
        if (kind !== 'started' || isEdited) return;
        isEdited = true;
        // At once: the run looks at the CSV half a second later.
        writeFileSync(csv, readFileSync(csv, 'utf8').replace('flow-slow-2', 'flow-drive-2'));
      },
    });
    expect(summary.notes.join()).toContain('row 1: its link was changed in the CSV');
    const next = summary.complete ? summary : (await work(csv)).summary;
    expect(next.complete).toBe(true);
    expect(await rowOf(csv, '1')).toMatchObject({
      drive_status: 'completed',
      drive_media_id: 'flow-drive-2',
    });
  });

  it('a run can be stopped: what is under way is pending again and nothing new begins', async () => {
    // The first frees its place when its bytes are here: what comes after it has begun by the time it is completed, and cannot be through.
    internet.drive.addFile({
      id: 'flow-endless',
      name: 'endless.txt',
      body: { size: 1_000_000, seed: 'endless' },
      faults: { download: { bytesPerSecond: 1000 } },
    });
    const ids = ['flow-drive-1', 'flow-endless', 'flow-endless'];
    const csv = await csvFile([HEADER, ...ids.map((id, at) => `${at + 1},A,a@x,T,,${file(id)},`)]);
    const stop = new AbortController();
    const { summary, folder } = await work(csv, {
      concurrency: 1,
      signal: stop.signal,
      onEvent: ({ kind }) => {
        if (kind === 'completed') stop.abort();
      },
    });
    expect(summary).toMatchObject({
      interrupted: true,
      complete: false,
      drive: { tried: 1, completed: 1, left: 2 },
    });
    expect((await readCells(csv)).map((row) => row['drive_status'])).toEqual([
      'completed',
      'pending',
      'pending',
    ]);
    expect(
      (await readdir(join(folder, 'drive_downloads'))).filter((name) => name.endsWith('.txt')),
    ).toHaveLength(1);
  });
});
