import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTool } from '../../scripts/setup/index.js';
import type { Internet } from '../../src/demo/internet/index.ts';
import {
  type Cause,
  CAUSES,
  downloadDriveWithContext,
  downloadYoutubeWithContext,
  repairDownloads,
  updateCsvDownloadStatus,
} from '../../src/index.ts';
import { desk, HEADER, json, reach } from '../cli/fixtures.ts';
import { afterRun } from '../custody/fixtures.ts';
import { runCli } from '../support/cli.ts';
import { startTestInternet } from '../support/internet.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { contextOf, csvFile, failure, rowOf } from '../tracker/fixtures.ts';
import { workOn } from '../workflow/fixtures.ts';
import { COMMANDS } from './commands.ts';
import { tableSays, toldOf } from './evidence.ts';
import { plantFine, plantFineVideo, PLANTINGS } from './plantings.ts';
import { SURROUNDINGS } from './surroundings.ts';
import { THROWN } from './thrown.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(() => internet.close());

const rowFor = (rowId: string, type: string, link: string) =>
  `${rowId},A,a@x,T,${type === 'youtube' ? link : ''},${type === 'drive' ? link : ''}`;

/** Programs that are not installed. */
const MISSING = {
  ytdlp_missing: {},
  ffmpeg_missing: { ROWTRAIL_YT_DLP: findTool('yt-dlp', process.env) ?? '' },
};

/** A way into Drive that is none. */
const LOCKED_OUT = { credentials_unusable: { googleCredentials: '/nowhere/key.json' } };

/** What the maker of a result may say of it. */
const REPORTED = { unknown: 'it did not work' };

/** What is found out long after a download was completed. */
const LATER_ON = { file_lost: 'its file is gone' };

/** What needs several machines: test/workers meets it. */
const SHARED_WORK = { workers_lost: 'dead-letter.test.ts' };

it('every cause of the table is provoked here', () => {
  const provoked = new Set<string>([
    ...[...Object.values(PLANTINGS), ...Object.values(SURROUNDINGS)].map(({ cause }) => cause),
    ...[COMMANDS, THROWN, MISSING, LOCKED_OUT, REPORTED, LATER_ON, SHARED_WORK].flatMap((table) =>
      Object.keys(table),
    ),
  ]);
  expect(Object.keys(CAUSES).filter((cause) => !provoked.has(cause))).toEqual([]);
});

describe('what goes wrong with one download among others', () => {
  const planted = Object.entries(PLANTINGS);
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rowtrail-provoked-'));
    const rows = planted.map(([, { type, plant }], at) => rowFor(String(at), type, plant(internet, at)));
    await writeFile(join(folder, 'people.csv'), [HEADER, ...rows, ''].join('\r\n'));
    await workOn(internet, join(folder, 'people.csv'), { retryAttempts: 1 });
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it.each(planted.map(([what, { cause, type }], at) => [what, cause, type, String(at)] as const))(
    '%s is %s',
    async (_what, cause, type, rowId) => {
      const told = await toldOf(join(folder, 'people.csv'), rowId, type);
      expect(told).toMatchObject(tableSays(cause, type));
    },
  );
});

describe('what goes wrong where and how rowtrail is started', () => {
  it.for(Object.entries(SURROUNDINGS).map((entry, at) => [...entry, 1000 + at] as const))(
    '%s',
    async ([, { cause, type, plant, start }, n], ctx) => {
      const { folder, csv } = await desk([HEADER, rowFor('1', type, plant(internet, n))]);
      const how = start === undefined ? {} : await start({ internet, folder, csv });
      if (how === null) return ctx.skip('this machine does not let it be provoked');
      const { args = [], env = {}, through = [] } = how;
      const result = await runCli(['run', 'people.csv', '--json', '--retry-attempts', '1', ...args], {
        cwd: folder,
        env: { ...reach(internet), ...env },
        through,
      });
      expect(result).toEqual({ ...result, code: 3 });
      const { category, nextStep } = CAUSES[cause];
      expect(json(result)).toMatchObject({
        failures: [{ row_id: '1', download_type: type, cause, category, next_step: nextStep }],
      });
      expect(await toldOf(csv, '1', type)).toMatchObject(tableSays(cause, type));
    },
  );
});

describe('what ends a command', () => {
  it.each(Object.entries(COMMANDS))('%s', async (cause, [code, run]) => {
    const result = await run(internet);
    expect(result.code).toBe(code);
    expect(result.stdout).toBe('');
    expect(result.stderr.replaceAll(/\s+/g, ' ')).toContain(CAUSES[cause as Cause].nextStep);
  });
});

describe('what a call throws', () => {
  it.each(Object.entries(THROWN))('%s', async (cause, provoke) => {
    const { context, recorded } = await provoke(internet);
    const { category, verdict, nextStep, severity } = CAUSES[cause as Cause];
    expect(context).toMatchObject({ cause, category, verdict, nextStep, severity });
    expect(recorded).toBe(['type_mismatch', 'csv_row_gone'].includes(cause));
  });
});

describe('a program that is not installed', () => {
  const without = async (env: Readonly<Record<string, string>>) => {
    const nowhere = await tempFolder();
    return { ...env, PATH: nowhere, HOME: nowhere, XDG_DATA_HOME: nowhere };
  };

  it.each(Object.entries(MISSING))(
    '%s is met by a call as a failure of the download',
    async (cause, given) => {
      const csv = await csvFile([HEADER, rowFor('1', 'youtube', plantFineVideo(internet, 2000))]);
      const row = await rowOf(csv, '1');
      const result = await downloadYoutubeWithContext(row['youtube_playlist'] ?? '', contextOf(row), {
        outputDir: join(dirname(csv), 'videos'),
        env: await without(given),
      });
      await updateCsvDownloadStatus(0, 'youtube', result, csv);
      expect(await toldOf(csv, '1', 'youtube')).toMatchObject(tableSays(cause as Cause, 'youtube'));
    },
  );

  it.each(Object.entries(MISSING))(
    '%s keeps a run from trying any video, and is said',
    async (cause, given) => {
      const { folder, csv } = await desk([HEADER, rowFor('1', 'youtube', plantFineVideo(internet, 2001))]);
      const env = { ...reach(internet), ...(await without(given)) };
      const result = await runCli(['run', 'people.csv', '--json'], { cwd: folder, env });
      expect(result).toEqual({ ...result, code: 3 });
      const program = cause === 'ytdlp_missing' ? 'yt-dlp' : 'ffmpeg';
      expect(json(result)).toMatchObject({
        youtube: { tried: 0, left: 1 },
        notes: [expect.stringContaining(`${program} is not installed`)],
      });
      expect(await rowOf(csv, '1')).toMatchObject({ youtube_status: 'pending', download_errors: '' });
    },
  );
});

describe.each(Object.entries(LOCKED_OUT))('credentials that cannot be used (%s)', (cause, given) => {
  it('are met by a call as a failure of the download', async () => {
    const csv = await csvFile([HEADER, rowFor('1', 'drive', plantFine(internet, 2002))]);
    const row = await rowOf(csv, '1');
    const result = await downloadDriveWithContext(row['google_drive'] ?? '', contextOf(row), {
      outputDir: join(dirname(csv), 'files'),
      ...given,
    });
    await updateCsvDownloadStatus(0, 'drive', result, csv);
    expect(await toldOf(csv, '1', 'drive')).toMatchObject(tableSays(cause as Cause, 'drive'));
  });

  it('keep a run from trying any file, and it is said', async () => {
    const { folder, csv } = await desk([HEADER, rowFor('1', 'drive', plantFine(internet, 2003))]);
    const args = ['run', 'people.csv', '--json', '--google-credentials', given.googleCredentials];
    const result = await runCli(args, { cwd: folder, env: reach(internet) });
    expect(result).toEqual({ ...result, code: 3 });
    expect(json(result)).toMatchObject({
      drive: { tried: 0, left: 1 },
      notes: [expect.stringContaining('Google credentials cannot be read')],
    });
    expect(await rowOf(csv, '1')).toMatchObject({ drive_status: 'pending', download_errors: '' });
  });
});

it.each(Object.entries(REPORTED))('a result that names no item is of cause %s', async (cause, message) => {
  const csv = await csvFile();
  const row = contextOf(await rowOf(csv, '007'));
  await updateCsvDownloadStatus(0, 'youtube', failure(row, message), csv);
  expect(await toldOf(csv, '007', 'youtube')).toMatchObject(tableSays(cause as Cause, 'youtube'));
});

it.each(Object.keys(LATER_ON))('a file that is gone is %s once the row was mended', async (cause) => {
  const home = await afterRun([{ rowId: '7', mediaId: 'aaaaaaaaaaa', content: 'bytes' }]);
  await rm(home.youtube, { recursive: true });
  await repairDownloads(home.csv, { youtubeDir: home.youtube, driveDir: home.drive, apply: true });
  const { failures, isPending } = await toldOf(home.csv, '7', 'youtube');
  const { category, nextStep } = CAUSES[cause as Cause];
  expect(failures).toMatchObject([{ status: 'pending', cause, category, nextStep, permanent: false }]);
  expect(isPending).toBe(true);
});
