import { chmod, cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { runCli } from '../support/cli.ts';
import { startTestInternet } from '../support/internet.ts';
import { readCells, rowOf } from '../tracker/fixtures.ts';
import {
  asOrdinaryUser,
  type Desk,
  desk,
  driveLink,
  HEADER,
  hashOf,
  json,
  keysOf,
  reach,
  TRACKED_HEADER,
  youtubeLink,
} from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  internet.drive.addFile({ id: 'query-good-1', name: 'letter.txt', body: 'a letter' });
  internet.drive.addFile({ id: 'query-good-2', name: 'letter.txt', body: 'another letter' });
  internet.drive.addFile({ id: 'query-closed', name: 'closed.txt', behaviour: 'sign-in' });
  internet.drive.addFile({ id: 'query-busy-1', name: 'busy.txt', behaviour: 'quota' });
  internet.youtube.addVideo({ id: 'query-gone1', behaviour: 'removed' });
});
afterAll(() => internet.close());

/** A desk after a first run: two letters there, one not shared, one over quota, one removed, one bad link, one empty. */
async function afterRun(): Promise<Desk> {
  const work = await desk(
    [
      HEADER,
      `007,James,j@x,T #1,,${driveLink('query-good-1')}`,
      `NA,Nora,n@x,T #1,,${driveLink('query-good-2')}`,
      `3,Tom,t@x,T,,${driveLink('query-closed')}`,
      `4,Tim,t@x,T,,${driveLink('query-busy-1')}`,
      `5,Ann,a@x,T,${youtubeLink('query-gone1')},`,
      `6,Eve,e@x,T,htps:/typo,-`,
      `7,Joe,j@x,T,none,`,
      `row_id,name,email,type,youtube_playlist,google_drive`,
      `#,a note,,,,`,
    ],
    reach(internet),
  );
  expect((await work.rowtrail('run', 'people.csv')).code).toBe(3);
  return work;
}

it('status, plan, pending and failed tell the same story, as text and as JSON', async () => {
  const { folder, csv, rowtrail } = await afterRun();
  const before = await hashOf(csv);

  const status = await rowtrail('status', 'people.csv', '--json');
  expect(json(status)).toEqual({
    total_rows: 7,
    youtube: { has_content: 2, pending: 0, completed: 0, failed: 2 },
    drive: { has_content: 4, pending: 1, completed: 2, failed: 1 },
  });
  expect((await rowtrail('status')).stdout).toMatch(
    /^people\.csv: 7 rows\n\n +with a link +completed +pending +failed\nYouTube +2 +0 +0 +2\nDrive +4 +2 +1 +1\n\nNext: rowtrail run people\.csv\n$/,
  );

  const plan = await rowtrail('plan', 'people.csv', '--json');
  expect(json(plan)).toMatchObject({
    total_rows: 7,
    youtube: { no_link: 5, to_fetch: 0, given_up: 2, malformed: 0 },
    drive: { no_link: 3, to_fetch: 0, already_here: 2, given_up: 1, waiting: 1 },
    waiting_until: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    unusable: [],
  });
  expect((await rowtrail('plan')).stdout).toMatch(
    /to be tried later +0 +1\n[^]*Next: rowtrail run people\.csv, after \d{4}-/,
  );

  expect(json(await rowtrail('pending', '--json'))).toMatchObject([{ row_id: '4', type: 'T' }]);
  expect((await rowtrail('pending', '--type', 'youtube')).stdout).toBe('Nothing is pending.\n');

  const failed = await rowtrail('failed', '--json');
  expect(json(failed)).toMatchObject([
    { row_id: '3', download_type: 'drive', cause: 'not_shared', line: 4, attempts: 1, permanent: true },
    { row_id: '5', download_type: 'youtube', cause: 'removed' },
    { row_id: '6', download_type: 'youtube', cause: 'malformed_link', link: 'htps:/typo' },
  ]);
  const { stdout } = await rowtrail('failed');
  expect(stdout).toMatch(
    /^1 download: Ask the owner to share the file .*\n {2}3 Tom, Drive: .*sign in\n\n1 download: It is gone for good.*\n {2}5 Ann, YouTube: /,
  );
  expect(stdout).toMatch(/\nNext: rowtrail reset people\.csv ROW_ID .*\n$/);
  expect((await rowtrail('failed', '--type', 'drive')).stdout).not.toContain('Ann');

  for (const result of [status, plan, failed]) {
    expect(result.stderr).toBe('');
    for (const key of keysOf(json(result))) expect(key).toMatch(/^[a-z][a-z0-9_]*$/);
  }
  const waiting = await rowtrail('run');
  expect(waiting.code).toBe(3);
  expect(waiting.stdout).toMatch(/^Nothing to fetch now, 1 download to be tried later\.\n/);
  expect(await hashOf(csv)).toBe(before);
  expect(await readdir(folder)).toContain('.rowtrail');
});

it('what was never worked on has an answer as well', async () => {
  const { folder, rowtrail } = await desk([HEADER, '1,A,a@x,T,,']);
  expect((await rowtrail('pending', 'people.csv')).stdout).toBe('Nothing is pending.\n');
  expect((await rowtrail('failed', 'people.csv')).stdout).toBe('Nothing has failed.\n');
  expect((await rowtrail('status', 'people.csv')).stdout).toContain('Next: nothing, no row has a link');
  expect((await rowtrail('plan', 'people.csv')).stdout).toContain('Next: nothing to fetch');
  expect(json(await rowtrail('failed', 'people.csv', '--json'))).toEqual([]);
  expect(await readdir(folder)).toEqual(['people.csv']);
});

describe('find', () => {
  it('knows a file by path, by name, by its bytes under another name, and from sidecars alone', async () => {
    const { folder, rowtrail } = await afterRun();
    const letter = 'letter_row007_T_num1.txt';
    const path = join('drive_downloads', letter);

    const byPath = await rowtrail('find', path, '--json');
    expect(byPath.code).toBe(0);
    expect(json(byPath)).toEqual({
      file: path,
      rows: [
        {
          row_id: '007',
          download_type: 'drive',
          path: letter,
          file: join(folder, path),
          type: 'T #1',
          name: 'James',
          email: 'j@x',
          by: 'path',
        },
      ],
    });
    expect(json(await rowtrail('find', letter, '--json'))).toMatchObject({
      rows: [{ row_id: '007', by: 'name' }],
    });

    await mkdir(join(folder, 'elsewhere'));
    await cp(join(folder, path), join(folder, 'elsewhere', 'final.txt'));
    expect(json(await rowtrail('find', 'elsewhere/final.txt', '--json'))).toMatchObject({
      rows: [{ row_id: '007', by: 'content' }],
    });
    const text = await rowtrail('find', 'elsewhere/final.txt');
    expect(text.stdout).toMatch(
      /^row_id +name +email +type +found by +path\n007 +James +j@x +T #1 +the same bytes +drive_downloads\/letter_row007/,
    );

    await rm(join(folder, '.rowtrail'), { recursive: true });
    await rename(join(folder, 'people.csv'), join(folder, 'elsewhere', 'people.csv'));
    expect(json(await rowtrail('find', path, '--json'))).toMatchObject({
      rows: [{ row_id: '007', name: 'James', download_type: 'drive' }],
    });
    expect(json(await rowtrail('find', letter, '--json'))).toMatchObject({ rows: [{ row_id: '007' }] });
  });

  it('says a path that opens from where one stands, also after everything was moved to another folder', async () => {
    const { folder, rowtrail } = await afterRun();
    const letter = 'letter_row007_T_num1.txt';
    const lastWord = ({ stdout }: { readonly stdout: string }) => stdout.trimEnd().split(/ +/).at(-1);
    const asked = (cwd: string) =>
      runCli(['find', letter, '--csv-path', join(folder, 'people.csv')], { cwd });

    expect(lastWord(await rowtrail('find', letter))).toBe(join('drive_downloads', letter));
    expect(lastWord(await asked(join(folder, 'drive_downloads')))).toBe(letter);
    await mkdir(join(folder, 'elsewhere'));
    expect(lastWord(await asked(join(folder, 'elsewhere')))).toBe(join(folder, 'drive_downloads', letter));

    for (const name of ['people.csv', '.rowtrail', 'drive_downloads'])
      await rename(join(folder, name), join(folder, 'elsewhere', name));
    const moved = await runCli(['find', letter, '--json'], { cwd: join(folder, 'elsewhere') });
    expect(json(moved)).toMatchObject({
      rows: [{ path: letter, file: join(folder, 'elsewhere', 'drive_downloads', letter), by: 'name' }],
    });
    expect(lastWord(await rowtrail('find', letter, '--csv-path', 'elsewhere/people.csv'))).toBe(
      join('elsewhere', 'drive_downloads', letter),
    );
  });

  it('goes by the sidecars where the ledger cannot be used, says so where they do not know the file, and leaves it as it is', async () => {
    const { folder, rowtrail } = await afterRun();
    const ledger = join(folder, '.rowtrail', 'people.csv', 'ledger.db');
    await writeFile(ledger, 'this is no database'.repeat(1000));
    const before = await hashOf(ledger);
    expect(json(await rowtrail('find', 'letter_row007_T_num1.txt', '--json'))).toMatchObject({
      rows: [{ row_id: '007', file: join(folder, 'drive_downloads', 'letter_row007_T_num1.txt') }],
    });
    const unknown = await rowtrail('find', 'nothing.mp4', '--json');
    expect(unknown).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('the ledger') });
    expect(await hashOf(ledger)).toBe(before);

    await rm(join(folder, '.rowtrail'), { recursive: true });
    expect((await rowtrail('reset', 'people.csv', '007')).code).toBe(0);
    for (const each of [join(folder, '.rowtrail', 'people.csv'), folder]) await chmod(each, 0o555);
    const readOnly = await asOrdinaryUser(['find', 'letter_row007_T_num1.txt', '--json'], folder);
    expect(json(readOnly)).toMatchObject({ rows: [{ row_id: '007' }] });
    for (const each of [join(folder, '.rowtrail', 'people.csv'), folder]) await chmod(each, 0o755);
  });

  it('ends with 4 and a sentence when it finds nothing', async () => {
    const { rowtrail } = await desk([HEADER]);
    const text = await rowtrail('find', 'nothing.mp4');
    expect(text).toMatchObject({ code: 4, stdout: 'No row is known for nothing.mp4.\n', stderr: '' });
    const asJson = await rowtrail('find', 'nothing.mp4', '--json');
    expect(asJson.code).toBe(4);
    expect(json(asJson)).toEqual({ file: 'nothing.mp4', rows: [] });
    expect((await rowtrail('find', 'x', '--csv-path', 'none.csv')).code).toBe(1);
    expect((await rowtrail('find', '')).code).toBe(2);
  });
});

describe('reset', () => {
  it('makes the rows it is told pending again, by row_id, by type, the failed ones or all', async () => {
    const { csv, rowtrail } = await afterRun();
    const statuses = async () =>
      Object.fromEntries(
        (await readCells(csv)).map((row) => [row['row_id'], row['drive_status'] || row['youtube_status']]),
      );

    expect((await rowtrail('reset', 'people.csv', '007', '--type', 'youtube')).code).toBe(0);
    expect(await statuses()).toMatchObject({ '007': 'completed' });

    const one = await rowtrail('reset', 'people.csv', '007');
    expect(one).toMatchObject({ code: 0, stdout: '1 row is pending again.\n' });
    expect(await rowOf(csv, '007')).toMatchObject({
      drive_status: 'pending',
      drive_files: '',
      drive_media_id: '',
      download_errors: '',
    });

    const partly = await rowtrail('reset', '3', '7.0', '--json');
    expect(partly.code).toBe(4);
    expect(json(partly)).toEqual({ reset: ['3'], unknown: ['7.0'] });
    expect(partly.stderr).toBe('warning: people.csv has no row 7.0\n');

    expect(json(await rowtrail('reset', '--failed', '--json'))).toEqual({ reset: ['5', '6'], unknown: [] });
    expect(await statuses()).toMatchObject({
      '3': 'pending',
      '5': 'pending',
      '6': 'pending',
      NA: 'completed',
    });

    expect((await rowtrail('reset', '--all', '--csv-path', 'people.csv')).code).toBe(0);
    expect(await statuses()).toMatchObject({ '007': 'pending', NA: 'pending', '4': 'pending', '7': '' });
    expect(await rowtrail('reset', '--failed')).toMatchObject({ code: 4, stdout: 'Nothing has failed.\n' });
    expect(await rowtrail('retry')).toMatchObject({ code: 4, stdout: 'Nothing has failed.\n' });
    const untried = await desk([HEADER, `1,A,a@x,T,,${driveLink('query-good-1')}`]);
    const none = { code: 4, stdout: 'Nothing has been tried.\n' };
    expect(await untried.rowtrail('reset', '--all', '--csv-path', 'people.csv')).toMatchObject(none);
  });
});

it('status says of what is pending how much no run can work on, as pending and plan do', async () => {
  const link = youtubeLink('query-long-1');
  const long = `1,A,a@x,T,${link},,pending,,,,,,,,surplus`;
  const { rowtrail } = await desk([TRACKED_HEADER, long], reach(internet));
  const { stdout } = await rowtrail('status', 'people.csv');
  expect(stdout).toContain('1 of the pending in rows that cannot be used');
  expect(stdout).toMatch(/^Next: rowtrail plan people\.csv$/m);
  expect(json(await rowtrail('status', 'people.csv', '--json'))).toMatchObject({
    youtube: { pending: 1, unusable: 1 },
  });
  expect((await rowtrail('pending', 'people.csv')).stdout).toContain('Nothing is pending');
  expect((await rowtrail('plan', 'people.csv')).stdout).toMatch(/1 row left alone, .*: line 2/);
  const other = await desk([TRACKED_HEADER, long, `2,B,b@x,T,${link},,pending,,,,,,,`], reach(internet));
  expect((await other.rowtrail('status', 'people.csv')).stdout).toMatch(/^Next: rowtrail run people\.csv$/m);
  expect(json(await other.rowtrail('status', 'people.csv', '--json'))).toMatchObject({
    youtube: { pending: 2, unusable: 1 },
  });
});

describe('doctor', () => {
  it('says of everything a run needs whether it is there, and ends with 4 when something is not', async () => {
    const { rowtrail } = await desk(null, reach(internet));
    const well = await rowtrail('doctor', '--json');
    expect(well.code).toBe(0);
    const { checks } = json(well) as { checks: { name: string; status: string }[] };
    expect(checks.map(({ name }) => name)).toEqual([
      'Node',
      'yt-dlp',
      'JavaScript for YouTube',
      'ffmpeg',
      'folder youtube_downloads',
      'folder drive_downloads',
      'disk space',
      'proxy',
      'way into Drive',
      'extra certificates',
    ]);
    const ill = await rowtrail('doctor', '--ca-cert', 'none.pem', '--drive-dir', '/dev/null');
    expect(ill.code).toBe(4);
    expect(ill.stdout).toMatch(
      /^problem extra certificates: none\.pem: .*cannot be read \(ENOENT\)\n +Give a PEM file with --ca-cert/m,
    );
    expect(ill.stdout).toMatch(/^problem folder \/dev\/null: .*is not a folder\n/m);
    expect(ill.stdout).toMatch(/\n2 to mend before a run\.\n$/);
  });

  it('does not repeat the password of a proxy', async () => {
    const { rowtrail } = await desk(null);
    const { stdout } = await rowtrail('doctor', '--proxy', 'http://me:hunter2@127.0.0.1:1');
    expect(stdout).toContain('proxy: http://me@127.0.0.1:1/');
    expect(stdout).not.toContain('hunter2');
  });
});
