import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { locateYtDlp } from '../../src/sources/index.ts';
import { runCli, startCli } from '../support/cli.ts';
import { probe, startTestInternet } from '../support/internet.ts';
import { readCells, rowOf } from '../tracker/fixtures.ts';
import { desk, driveLink, HEADER, hashOf, json, keysOf, reach, youtubeLink } from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  for (const n of [1, 2, 3]) {
    internet.youtube.addVideo({ id: `run-video-${n}`, captions: [{ lang: 'en', text: `words ${n}` }] });
    internet.drive.addFile({ id: `run-drive-${n}`, name: `${n}.txt`, body: `words ${n}` });
  }
  internet.youtube.addVideo({ id: 'run-removed', behaviour: 'removed' });
});
afterAll(() => internet.close());
beforeEach(() => {
  internet.youtube.behaviour = 'ok';
});

const both = (n: number) =>
  `${n},N ${n},n@x,T #${n},${youtubeLink(`run-video-${n}`)},${driveLink(`run-drive-${n}`)}`;
const drive = (n: number) => `${n},N ${n},n@x,T #${n},,${driveLink(`run-drive-${n}`)}`;

it('fetches what is pending, ends with 0, and does nothing the second time', async () => {
  const { folder, csv, rowtrail } = await desk([HEADER, both(1), drive(2)], reach(internet));
  const first = await rowtrail('run', 'people.csv');
  expect(first.stderr).toMatch(
    /^done {3}1 YouTube: run-video-1_row1_T_num1\.mp4, run-video-1_row1_T_num1\.en\.vtt$/m,
  );
  expect(first.stdout).toMatch(/^All 3 downloads completed in /);
  expect(first.stdout).toContain('Next: rowtrail status people.csv');
  expect(first.code).toBe(0);
  expect(await rowOf(csv, '1')).toMatchObject({
    youtube_status: 'completed',
    youtube_files: 'run-video-1_row1_T_num1.mp4,run-video-1_row1_T_num1.en.vtt',
    youtube_media_id: 'run-video-1',
    drive_status: 'completed',
    drive_files: '1_row1_T_num1.txt',
    drive_media_id: 'run-drive-1',
    download_errors: '',
  });
  expect(await readdir(join(folder, 'drive_downloads'))).toHaveLength(4);

  const asked = internet.requests.length;
  const again = await rowtrail('run');
  expect(again.stdout).toMatch(/^Nothing to do, everything that can be had is here\.\n/);
  expect(again.code).toBe(0);
  expect(internet.requests.length).toBe(asked);
});

it('does not say that everything is here where flags left something out', async () => {
  const { rowtrail } = await desk([HEADER, drive(1), drive(2)], reach(internet));
  const none = await rowtrail('run', 'people.csv', '--max-drive', '0');
  expect(none.stdout).toMatch(/^Nothing to fetch: the flags leave 2 downloads out\.\n/);
  const skipped = await rowtrail('run', 'people.csv', '--skip-drive');
  expect(skipped.stdout).toMatch(/^Nothing to fetch: the flags leave 2 downloads out\.\n/);
  expect([none.code, skipped.code]).toEqual([0, 0]);
});

it('with --json tells each event as a line of JSON on stderr, with speed and time left of a file and of all', async () => {
  internet.drive.addFile({
    id: 'run-drive-slow',
    name: 'slow.bin',
    body: { size: 3_000_000, seed: 'slow' },
    faults: { download: { bytesPerSecond: 50_000 } },
  });
  const slow = `9,N,n@x,T,,${driveLink('run-drive-slow')}`;
  const { rowtrail } = await desk([HEADER, drive(1), slow], reach(internet));
  const { code, stderr } = await rowtrail('run', 'people.csv', '--json');
  expect(code).toBe(0);
  const lines = stderr.trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line) as { event: string; [key: string]: unknown });
  const kinds = events.map(({ event }) => event);
  expect(kinds[0]).toBe('planned');
  expect(kinds.filter((kind) => kind === 'completed')).toHaveLength(2);
  expect(events.filter(({ event }) => event === 'progress')).toContainEqual({
    event: 'progress',
    at: expect.any(String),
    row_id: '9',
    download_type: 'drive',
    label: 'run-drive-slow',
    title: 'slow.bin',
    received_bytes: expect.any(Number),
    total_bytes: 3_000_000,
    bytes_per_second: expect.any(Number),
    eta_seconds: expect.any(Number),
    totals: expect.objectContaining({
      done: expect.any(Number),
      total: 2,
      bytes_per_second: expect.any(Number),
    }),
  });
});

it('prints its summary as JSON on stdout, with its events on stderr', async () => {
  const { rowtrail } = await desk(
    [HEADER, drive(1), `2,B,b@x,T,${youtubeLink('run-removed')},`],
    reach(internet),
  );
  const result = await rowtrail('run', 'people.csv', '--json');
  expect(result.code).toBe(3);
  const summary = json(result);
  expect(summary).toMatchObject({
    csv_path: expect.stringMatching(/people\.csv$/),
    complete: false,
    interrupted: false,
    youtube: { tried: 1, completed: 0, failed: 1, left: 0 },
    drive: { tried: 1, completed: 1, files: 1, bytes: 7 },
    failures: [{ row_id: '2', line: 3, cause: 'removed', category: 'validation', permanent: true }],
  });
  for (const key of keysOf(summary)) expect(key).toMatch(/^[a-z][a-z0-9_]*$/);
  expect(result.stderr).toMatch(/^\{"event":"failed",.*"row_id":"2","download_type":"youtube"/m);
});

describe('a run that is limited', () => {
  it('takes so many of each type, and calls itself done with them', async () => {
    const { csv, rowtrail } = await desk([HEADER, both(1), drive(2), drive(3)], reach(internet));
    const result = await rowtrail('run', 'people.csv', '--max-youtube', '0', '--max-drive', '2');
    expect(result.code).toBe(0);
    const rows = await readCells(csv);
    expect(rows.map((row) => row['drive_status'])).toEqual(['completed', 'completed', 'pending']);
    expect(rows[0]).toMatchObject({ youtube_status: 'pending' });
  });

  it('leaves a type out, contacting its host in no way', async () => {
    const { csv, rowtrail } = await desk([HEADER, both(1)], reach(internet));
    const asked = internet.requests.length;
    expect((await rowtrail('run', 'people.csv', '--skip-youtube')).code).toBe(0);
    expect(internet.requests.slice(asked).map(({ host }) => host)).not.toContain('www.youtube.com');
    expect(await rowOf(csv, '1')).toMatchObject({ youtube_status: 'pending', drive_status: 'completed' });
    expect((await rowtrail('run', 'people.csv', '--skip-drive', '--skip-youtube')).code).toBe(0);
    expect(await rowOf(csv, '1')).toMatchObject({ youtube_status: 'pending' });
  });

  it('only says what it would do with --dry-run, and writes nothing', async () => {
    const { folder, csv, rowtrail } = await desk([HEADER, both(1), `2,B,b@x,T,nonsense,`], reach(internet));
    const before = await hashOf(csv);
    const asked = internet.requests.length;
    const result = await rowtrail('run', 'people.csv', '--dry-run', '--json');
    expect(result.code).toBe(0);
    expect(json(result)).toMatchObject({
      youtube: { to_fetch: 1, malformed: 1 },
      drive: { to_fetch: 1, no_link: 1 },
    });
    expect(await hashOf(csv)).toBe(before);
    expect(await readdir(folder)).toEqual(['people.csv']);
    expect(internet.requests.length).toBe(asked);
  });
});

it('transcripts alone complete a row, and a full run then fetches the video', async () => {
  const { folder, csv, rowtrail } = await desk([HEADER, both(1)], reach(internet));
  expect((await rowtrail('run', 'people.csv', '--transcript-only', '--skip-drive')).code).toBe(0);
  expect(await rowOf(csv, '1')).toMatchObject({
    youtube_status: 'completed',
    youtube_files: 'run-video-1_row1_T_num1.en.vtt',
  });
  const asked = internet.requests.length;
  expect((await rowtrail('run', 'people.csv', '--transcript-only', '--skip-drive')).code).toBe(0);
  expect(internet.requests.length).toBe(asked);

  const dir = join(folder, 'films');
  const full = await rowtrail(
    'run',
    'people.csv',
    '--skip-drive',
    '--resolution',
    '360p',
    '--format',
    'mkv',
    '--youtube-dir',
    'films',
  );
  expect(full.code).toBe(0);
  expect((await rowOf(csv, '1'))['youtube_files']).toContain('run-video-1_row1_T_num1.mkv');
  const { streams } = await probe(join(dir, 'run-video-1_row1_T_num1.mkv'));
  expect(streams.map(({ codec_type }) => codec_type).toSorted()).toEqual(['audio', 'video']);
  expect(Math.min(...streams.flatMap(({ height }) => height ?? []))).toBe(360);
});

it('a download that keeps failing is tried as often as was said, then left; --no-include-failed leaves it at once', async () => {
  const file = internet.drive.addFile({
    id: 'run-always-503',
    name: 'x.bin',
    faults: { download: { status: 503 } },
  });
  const { csv, rowtrail } = await desk([HEADER, `1,A,a@x,T,,${driveLink(file.id)}`], reach(internet));
  const askedFor = async (attempts: string, ...flags: string[]) => {
    const asked = internet.requests.length;
    const { code } = await rowtrail('run', 'people.csv', '--retry-attempts', attempts, ...flags);
    return { code, asked: internet.requests.length > asked };
  };
  expect(await askedFor('1')).toEqual({ code: 3, asked: true });
  expect(await askedFor('2', '--no-include-failed')).toEqual({ code: 0, asked: false });
  expect(await askedFor('2')).toEqual({ code: 3, asked: true });
  expect(await askedFor('2')).toEqual({ code: 0, asked: false });
  expect((await rowOf(csv, '1'))['download_errors']).toMatch(
    /drive attempt 1 network: .*; drive attempt 2 network: /,
  );
  file.faults = {};
  expect((await rowtrail('run', 'people.csv', '--retry-attempts', '3')).code).toBe(0);
});

it('names a next step that does something, also for what has used up its attempts', async () => {
  const file = internet.drive.addFile({
    id: 'run-used-up-503',
    name: 'x.bin',
    faults: { download: { status: 503 } },
  });
  const failing = `1,A,a@x,T,,${driveLink(file.id)}`;
  const { folder, rowtrail } = await desk([HEADER, failing], reach(internet));
  const first = await rowtrail('run', 'people.csv', '--retry-attempts', '1');
  expect(first.stdout).toMatch(/\nNext: rowtrail retry people\.csv, then rowtrail run people\.csv \(/);
  expect(first.stdout).not.toContain('Also: rowtrail retry');
  expect((await rowtrail('failed', 'people.csv')).stdout).toMatch(/\nNext: rowtrail run people\.csv\n$/);
  await writeFile(join(folder, 'rowtrail.config.yaml'), 'retry_attempts: 1\n');
  expect((await rowtrail('failed', 'people.csv')).stdout).toMatch(
    /\nNext: rowtrail retry people\.csv, then rowtrail run people\.csv\n$/,
  );

  const mixed = await desk([HEADER, failing, `2,B,b@x,T,${youtubeLink('run-removed')},`], reach(internet));
  expect((await mixed.rowtrail('run', 'people.csv', '--retry-attempts', '1')).stdout).toContain(
    '\nNext: rowtrail retry people.csv --category network, then rowtrail run people.csv (',
  );
});

it('works on a CSV that another program touches all the time, and says why it waits', async () => {
  const { csv, rowtrail } = await desk([HEADER, drive(1)], reach(internet));
  // A thread of its own: where this one stands still for a moment, the CSV would, too.
  const touching = new Worker(
    `const { workerData } = require('node:worker_threads');
       const { utimesSync } = require('node:fs');
       setInterval(() => { try { utimesSync(workerData, new Date(), new Date()); } catch {} }, 100);`,
    { eval: true, workerData: csv },
  );
  try {
    const { code, stderr } = await rowtrail('run', 'people.csv');
    expect(stderr).toContain('another program saves people.csv again and again: waiting until it is still');
    expect(stderr).toMatch(/^done {3}1 Drive/m);
    expect(code).toBe(0);
  } finally {
    await touching.terminate();
  }
  expect(await rowOf(csv, '1')).toMatchObject({ drive_status: 'completed' });
});

it('--reset begins everything anew that the run is about, and nothing else; it does not go with --dry-run', async () => {
  internet.drive.addFile({ id: 'run-again-1', name: 'again.txt', body: 'first' });
  const { csv, rowtrail } = await desk(
    [HEADER, `1,A,a@x,T,htps:/typo,${driveLink('run-again-1')}`],
    reach(internet),
  );
  expect((await rowtrail('run', 'people.csv')).code).toBe(3);
  const asked = internet.requests.length;
  expect((await rowtrail('run', 'people.csv', '--skip-youtube')).code).toBe(0);
  expect(internet.requests.length).toBe(asked);

  const refused = await rowtrail('run', 'people.csv', '--reset', '--dry-run');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('--dry-run changes nothing, --reset does');
  expect(await rowOf(csv, '1')).toMatchObject({ drive_status: 'completed' });

  const again = await rowtrail('run', 'people.csv', '--reset', '--skip-youtube', '--json');
  expect(again.code).toBe(0);
  expect(internet.requests.length).toBeGreaterThan(asked);
  expect(json(again)).toMatchObject({ drive: { tried: 1, completed: 1 }, youtube: { tried: 0 } });
  expect(await rowOf(csv, '1')).toMatchObject({ drive_status: 'completed', youtube_status: 'failed' });
});

it('a host that takes us for a bot costs no row an attempt, holds nobody else up, and the words say when to come back', async () => {
  internet.youtube.behaviour = 'bot-check';
  const { csv, rowtrail } = await desk([HEADER, both(1), both(2), both(3)], reach(internet));
  const result = await rowtrail('run', 'people.csv', '--max-wait', '0', '--concurrency', '1');
  expect(result.code).toBe(3);
  expect(result.stderr).toMatch(
    /^paused YouTube turns us away until \d\d:\d\d: longer than --max-wait, its rows stay pending\. YouTube asks /m,
  );
  expect(result.stdout).toContain('3 of 6 downloads completed');
  expect(result.stdout).toContain('no row lost an attempt');
  expect(result.stdout).toMatch(/Next: rowtrail run people\.csv, after \d\d:\d\d \(YouTube turned us away\)/);
  for (const row of await readCells(csv))
    expect(row).toMatchObject({ youtube_status: 'pending', drive_status: 'completed' });

  internet.youtube.behaviour = 'ok';
  expect((await rowtrail('run', 'people.csv', '--retry-attempts', '1')).code).toBe(0);
  for (const row of await readCells(csv)) expect(row).toMatchObject({ youtube_status: 'completed' });
});

describe('without a tool', () => {
  it.for<[string, string[], string]>([
    ['yt-dlp', [], 'yt-dlp is not installed.'],
    ['ffmpeg', ['yt-dlp'], 'ffmpeg is not installed.'],
  ])('%s: YouTube is left, Drive goes on, 3, and how to install it', async ([tool, present, sentence]) => {
    const { folder, csv } = await desk([HEADER, both(1)]);
    const env = { ...reach(internet), ...(await onlyWith(folder, present)) };
    const result = await runCli(['run', 'people.csv'], { cwd: folder, env });
    expect(result.stdout).toContain(sentence);
    expect(result.stdout).toMatch(new RegExp(`(install|brew).*${tool}`));
    expect(result.code).toBe(3);
    expect(await rowOf(csv, '1')).toMatchObject({
      youtube_status: 'pending',
      drive_status: 'completed',
      download_errors: '',
    });

    const doctor = await runCli(['doctor', '--json'], { cwd: folder, env });
    expect(doctor.code).toBe(4);
    expect(json(doctor)).toMatchObject({
      checks: expect.arrayContaining([
        expect.objectContaining({ name: tool, status: 'problem', mend: expect.stringContaining(tool) }),
      ]),
    });
  });

  it('ffmpeg: transcripts are fetched all the same', async () => {
    const { folder, csv } = await desk([HEADER, both(1)]);
    const env = { ...reach(internet), ...(await onlyWith(folder, ['yt-dlp'])) };
    const result = await runCli(['run', 'people.csv', '--transcript-only', '--skip-drive'], {
      cwd: folder,
      env,
    });
    expect(result.code).toBe(0);
    expect(await rowOf(csv, '1')).toMatchObject({ youtube_status: 'completed' });
  });
});

describe('with a file that is of no use', () => {
  const expired = '.youtube.com\tTRUE\t/\tTRUE\t1700000000\tNAME\tvalue\n';

  it.for<[string, string, string | null, RegExp]>([
    [
      'cookies that are not there',
      '--cookies',
      null,
      /cookies cannot be read.*No YouTube download was tried/,
    ],
    [
      'cookies that are none',
      '--cookies',
      '{}',
      /not in the format of Netscape.*No YouTube download was tried/,
    ],
    [
      'cookies of yesterday',
      '--cookies',
      expired,
      /have expired, the last on 2023-11-14.*No YouTube download/,
    ],
    [
      'an archive that is not there',
      '--archive',
      null,
      /archive of yt-dlp cannot be read.*No YouTube download/,
    ],
  ])('%s: YouTube is not asked, Drive goes on, 3, and why', async ([, flag, content, sentence]) => {
    const { folder, csv, rowtrail } = await desk([HEADER, both(1)], reach(internet));
    if (content !== null) await writeFile(join(folder, 'given.txt'), content);
    const asked = internet.requests.length;
    const result = await rowtrail('run', 'people.csv', flag, 'given.txt');
    expect(result.code).toBe(3);
    expect(result.stdout.replaceAll(/\s+/g, ' ')).toMatch(sentence);
    expect(internet.requests.slice(asked).map(({ host }) => host)).not.toContain('www.youtube.com');
    expect(await rowOf(csv, '1')).toMatchObject({
      youtube_status: 'pending',
      drive_status: 'completed',
      download_errors: '',
    });
    expect(await readdir(folder)).not.toContain('youtube_downloads');
  });
});

describe('with certificates to trust that are of no use', () => {
  const NOWHERE = '/nowhere/ca.pem';

  it.for<[string, (folder: string) => readonly [string[], Record<string, string>], RegExp]>([
    ['--ca-cert', () => [['--ca-cert', NOWHERE], {}], /ca\.pem: .*cannot be read \(ENOENT\)/],
    ['SSL_CERT_FILE', () => [[], { SSL_CERT_FILE: NOWHERE }], /ca\.pem: .*cannot be read \(ENOENT\)/],
    [
      'NODE_EXTRA_CA_CERTS',
      () => [[], { NODE_EXTRA_CA_CERTS: NOWHERE }],
      /ca\.pem: .*cannot be read \(ENOENT\)/,
    ],
    ['a folder', (folder) => [['--ca-cert', folder], {}], /cannot be read \(EISDIR\)/],
    [
      'no certificate',
      (folder) => [['--ca-cert', join(folder, 'people.csv')], {}],
      /holds no PEM certificate/,
    ],
  ])('%s: nobody is asked, no attempt is lost, 3, and why', async ([, given, sentence]) => {
    const { folder, csv } = await desk([HEADER, both(1)]);
    const [args, env] = given(folder);
    const asked = internet.requests.length;
    const result = await runCli(['run', 'people.csv', '--pace', 'off', '--json', ...args], {
      cwd: folder,
      env: { HTTPS_PROXY: internet.proxyUrl, ...env },
    });
    expect(result.code).toBe(3);
    const said = json(result) as Record<string, unknown>;
    // Both types look at the same time.
    expect((said['notes'] as string[]).toSorted()).toEqual([
      expect.stringMatching(
        new RegExp(`${sentence.source}\\. No Drive download was tried\\. Give a PEM file`),
      ),
      expect.stringMatching(
        new RegExp(`${sentence.source}\\. No YouTube download was tried\\. Give a PEM file`),
      ),
    ]);
    expect([said['youtube'], said['drive']]).toMatchObject([
      { tried: 0, left: 1 },
      { tried: 0, left: 1 },
    ]);
    expect(internet.requests.length).toBe(asked);
    expect(await rowOf(csv, '1')).toMatchObject({
      youtube_status: 'pending',
      drive_status: 'pending',
      download_errors: '',
    });
  });
});

it('--limit-rate reaches yt-dlp, which takes it; a rate that is none is refused before anything is asked', async () => {
  const { folder, csv, rowtrail } = await desk([HEADER, both(1)], reach(internet));
  // A program of its own for each job, so that what it was given can be seen.
  const { path } = await locateYtDlp();
  const spy = join(folder, 'yt-dlp');
  await writeFile(spy, `#!/bin/sh\necho "$@" >> '${folder}/given'\nexec '${path}' "$@"\n`, { mode: 0o755 });
  const env = { ...reach(internet), ROWTRAIL_YT_DLP: spy };
  const args = ['run', 'people.csv', '--skip-drive', '--limit-rate', '2m'];
  expect((await runCli(args, { cwd: folder, env })).code).toBe(0);
  expect(await rowOf(csv, '1')).toMatchObject({ youtube_status: 'completed' });
  expect(await readFile(join(folder, 'given'), 'utf8')).toMatch(/ --limit-rate 2M .*-- https:/);

  const asked = internet.requests.length;
  const refused = await rowtrail('run', 'people.csv', '--limit-rate', 'fast');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('fast');
  expect(internet.requests.length).toBe(asked);
});

it('a second run of the same CSV is refused while the first one works', async () => {
  const others = Promise.withResolvers<void>();
  onTestFinished(() => others.resolve());
  internet.drive.addFile({
    id: 'run-slow-one',
    name: 'slow.bin',
    body: { size: 300_000, seed: 1 },
    faults: { download: { until: others.promise } },
  });
  const { folder, csv, rowtrail } = await desk(
    [HEADER, `1,A,a@x,T,,${driveLink('run-slow-one')}`],
    reach(internet),
  );
  const { result } = startCli(['run', 'people.csv'], { cwd: folder, env: reach(internet) });
  await expect
    .poll(() => internet.requests.some(({ query }) => query.get('id') === 'run-slow-one'), {
      timeout: 20_000,
    })
    .toBe(true);
  const second = await rowtrail('run', 'people.csv');
  expect(second.code).toBe(1);
  expect(second.stderr).toContain('people.csv: another rowtrail run works on this CSV');
  expect(second.stderr).toContain('wait for it to end');
  expect(json(await rowtrail('status', 'people.csv', '--json'))).toMatchObject({
    drive: { has_content: 1, completed: 0 },
  });
  const third = await rowtrail('run', 'people.csv', '--reset');
  expect(third.stderr).toContain('another rowtrail run works on this CSV');
  others.resolve();
  expect((await result).code).toBe(0);
  expect(await rowOf(csv, '1')).toMatchObject({ drive_status: 'completed' });
});

/** An environment whose PATH has only these of the tools, and no yt-dlp of `rowtrail setup`. */
async function onlyWith(folder: string, tools: readonly string[]): Promise<Record<string, string>> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  // yt-dlp may be a script that looks for its Python.
  for (const name of [...tools, 'python3', 'env']) {
    const place = (process.env['PATH'] ?? '').split(delimiter).find((dir) => existsSync(join(dir, name)));
    const tool = name === 'yt-dlp' ? (await locateYtDlp()).path : place && join(place, name);
    if (tool !== undefined && tool !== '') await symlink(tool, join(bin, name));
  }
  return { PATH: bin, HOME: folder, XDG_DATA_HOME: folder };
}
