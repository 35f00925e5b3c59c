import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { startTestInternet } from '../support/internet.ts';
import { readCells, rowOf } from '../tracker/fixtures.ts';
import { desk, driveLink, HEADER, reach } from './fixtures.ts';

const SPREADSHEET = 'application/vnd.google-apps.spreadsheet';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  for (const n of [1, 2, 3, 4])
    internet.drive.addFile({ id: `sheet-drive-${n}`, name: `${n}.txt`, body: `words ${n}` });
});
afterAll(() => internet.close());

const line = (n: number, link = n, note = '') =>
  `${n},N ${n},n${n}@x,T #${n},,${driveLink(`sheet-drive-${link}`)}${note}`;
const address = (id: string, gid = '0') =>
  `https://docs.google.com/spreadsheets/d/${id}/edit?usp=sharing#gid=${gid}`;
const fill = (id: string, lines: readonly string[], options: object = {}) =>
  internet.drive.addFile({
    id,
    name: 'People / 2026',
    mediaType: SPREADSHEET,
    body: lines.map((text) => `${text}\r\n`).join(''),
    ...options,
  });
const csvsIn = async (folder: string) =>
  (await readdir(folder)).filter((name) => /\.csv$|fetched/.test(name));

it('fetches a sheet into a CSV of its own, works on it, and finds it again', async () => {
  const id = 'sheet-of-people-0001';
  fill(id, [HEADER, line(1), line(2)]);
  const { folder, rowtrail } = await desk(null, reach(internet));
  const first = await rowtrail('run', address(id));
  expect(first.code).toBe(0);
  const [name = '', ...others] = await csvsIn(folder);
  expect(others).toEqual([]);
  expect(name).toMatch(/^People.*_sheet-of-people-0001\.csv$/);
  expect(first.stderr).toContain(`the sheet was fetched into ${name} (2 rows)`);
  expect(await rowOf(join(folder, name), '2')).toMatchObject({
    drive_status: 'completed',
    drive_files: '2_row2_T_num2.txt',
  });

  const before = await readFile(join(folder, name));
  const again = await rowtrail('run', address(id));
  expect(again.stderr).toContain(`no row of ${name} changed`);
  expect(again.stdout).toContain('Nothing to do');
  expect(await readFile(join(folder, name))).toEqual(before);
});

it('takes in rows, order, links and cells of the sheet, and keeps the status by row_id', async () => {
  const id = 'sheet-of-people-0002';
  fill(id, [`${HEADER},note`, line(1, 1, ',old'), line(2, 2, ',stays')]);
  const { folder, rowtrail } = await desk(null, reach(internet));
  await rowtrail('run', address(id));
  fill(id, [`note,${HEADER}`, `new,${line(3)}`, `"has, been",${line(2)}`, `moved,${line(1, 4)}`]);
  const [name = ''] = await csvsIn(folder);
  const asked = internet.requests.length;
  const run = await rowtrail('run', address(id));
  expect(run.stderr).toContain('1 row new, 1 changed, 0 gone');
  expect(run.code).toBe(0);
  const cells = await readCells(join(folder, name));
  expect(cells.map((row) => row['row_id'])).toEqual(['3', '2', '1']);
  expect(cells.map((row) => row['note'])).toEqual(['new', 'has, been', 'moved']);
  expect(cells.map((row) => row['drive_files'])).toEqual([
    '3_row3_T_num3.txt',
    '2_row2_T_num2.txt',
    '4_row1_T_num1.txt',
  ]);
  const fetched = internet.requests.slice(asked).map(({ path, query }) => `${path}?${query}`);
  const media = [1, 2, 3, 4].filter((n) => fetched.some((url) => url.includes(`sheet-drive-${n}`)));
  expect(media).toEqual([3, 4]);
  expect(await readdir(join(folder, '.rowtrail', name, 'backups'))).not.toEqual([]);
});

it('takes nothing from the tracking columns of a sheet', async () => {
  const id = 'sheet-of-people-0003';
  fill(id, [`${HEADER},drive_status`, `${line(1)},completed`]);
  const { folder, rowtrail } = await desk(null, reach(internet));
  await rowtrail('run', address(id));
  const [name = ''] = await csvsIn(folder);
  expect(await rowOf(join(folder, name), '1')).toMatchObject({
    drive_status: 'completed',
    drive_files: '1_row1_T_num1.txt',
  });
});

it('takes the tab of the address', async () => {
  const id = 'sheet-of-people-0004';
  fill(id, [HEADER, line(1)]);
  const { folder, rowtrail } = await desk(null, reach(internet));
  await rowtrail('run', address(id, '77'));
  expect(await csvsIn(folder)).toEqual([expect.stringMatching(/_sheet-of-people-0004_77\.csv$/)]);
  const exported = internet.requests.filter(({ path }) => path.includes(id));
  expect(exported.map(({ method, path, query }) => [method, path, query.get('gid')])).toEqual([
    ['GET', `/spreadsheets/d/${id}/export`, '77'],
  ]);
});

it('says how a private sheet is opened, and leaves the local copy alone', async () => {
  const id = 'sheet-of-people-0005';
  fill(id, [HEADER, line(1)]);
  const { folder, rowtrail } = await desk(null, reach(internet));
  await rowtrail('run', address(id));
  const [name = ''] = await csvsIn(folder);
  const before = await readFile(join(folder, name));
  fill(id, [HEADER], { sharedWith: [] });
  const refused = await rowtrail('run', address(id));
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('Anyone with the link');
  expect(refused.stderr).toContain('--google-credentials');
  expect(await readFile(join(folder, name))).toEqual(before);
});

it.each([
  ['a sheet without row_ids', ['name,link', 'Ada,x'], /row_id/],
  ['a sheet with a row_id twice', [HEADER, line(1), line(1)], /row_id/],
])('refuses %s, and leaves the local copy alone', async (_, lines, words) => {
  const id = 'sheet-of-people-0006';
  fill(id, [HEADER, line(1)]);
  const { folder, rowtrail } = await desk(null, reach(internet));
  await rowtrail('run', address(id));
  const [name = ''] = await csvsIn(folder);
  const before = await readFile(join(folder, name));
  fill(id, lines);
  const refused = await rowtrail('run', address(id));
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(words);
  expect(await readFile(join(folder, name))).toEqual(before);
  expect(await csvsIn(folder)).toEqual([name]);
});

it('asks no host for an address that names no sheet, and tells other commands from run', async () => {
  const { folder, rowtrail } = await desk(null, reach(internet));
  const asked = internet.requests.length;
  for (const bad of [
    'https://docs.google.com/spreadsheets/d/e/2PACX-1vTabcdefghijk/pubhtml',
    'https://docs.google.com/spreadsheets/u/0/',
  ])
    expect(await rowtrail('run', bad)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('copy the address'),
    });
  for (const call of [['status'], ['run', '--dry-run']])
    expect(await rowtrail(...call, address('sheet-of-people-0001'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('only run takes a Google Sheet'),
    });
  expect(internet.requests.length).toBe(asked);
  expect(await readdir(folder)).toEqual([]);
});

it('works on by its local copy when that is named', async () => {
  const id = 'sheet-of-people-0007';
  fill(id, [HEADER, line(1)]);
  const { folder, rowtrail } = await desk(null, reach(internet));
  await rowtrail('run', address(id));
  const [name = ''] = await csvsIn(folder);
  expect((await rowtrail('status', name)).stdout).toContain('1');
  await writeFile(join(folder, 'other.txt'), '');
  expect((await rowtrail('run', name)).code).toBe(0);
});
