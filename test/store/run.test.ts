import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addExampleWorld } from '../../src/demo/example-world.ts';
import type { Internet } from '../../src/demo/internet/index.ts';
import { CsvStore } from '../../src/ledger/index.ts';
import { HEADER, json } from '../cli/fixtures.ts';
import { startServe } from '../dashboard/fixtures.ts';
import { startTestInternet } from '../support/internet.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { administer, cellsWithoutTimes, examplesDesk, newDatabase } from './fixtures.ts';

let postgres: TestPostgres;
let internet: Internet;
beforeAll(async () => {
  [postgres, internet] = await Promise.all([startPostgres(), startTestInternet()]);
  addExampleWorld(internet);
  for (const [n, text] of ['one', 'two'].entries())
    internet.drive.addFile({ id: `store-file-number-${n}`, name: `${text}.txt`, body: text });
});
afterAll(() => internet.close());

const link = (n: number) => `https://drive.google.com/file/d/store-file-number-${n}/view`;
const ONE_ROW = [HEADER, `1,A,a@x.example,T,,${link(0)}`];
const RUN = ['run', 'people.csv', '--quiet'] as const;

it('a run with a store leaves, row by row, what one without leaves, and every command tells the same', async () => {
  const store = await newDatabase(postgres, 'same');
  const [one, other] = [await examplesDesk(internet), await examplesDesk(internet)];
  const [with_, without] = [await one.rowtrail(store, ...RUN), await other.rowtrail(null, ...RUN)];
  expect([with_.code, with_.stderr]).toEqual([without.code, without.stderr]);
  expect(await cellsWithoutTimes(one.csv)).toEqual(await cellsWithoutTimes(other.csv));
  const files = async (folder: string) => (await readdir(join(folder, 'youtube_downloads'))).toSorted();
  expect(await files(one.folder)).toEqual(await files(other.folder));
  expect(await readdir(join(one.folder, '.rowtrail', 'people.csv'))).not.toContain('ledger.db');
  const named = (await files(one.folder)).find((name) => name.endsWith('.mp4')) ?? '';
  for (const args of [
    ['status', 'people.csv', '--json'],
    ['pending', 'people.csv', '--json'],
    ['verify', 'people.csv', '--hash'],
    ['find', `youtube_downloads/${named}`],
  ]) {
    const [told, expected] = [await one.rowtrail(store, ...args), await other.rowtrail(null, ...args)];
    expect([args[0], told.code, told.stderr, told.stdout]).toEqual([
      args[0],
      expected.code,
      expected.stderr,
      expected.stdout,
    ]);
  }
  // These tell times, which are each run's own.
  for (const args of [
    ['plan', 'people.csv'],
    ['failed', 'people.csv'],
    ['why', '001', '--csv-path', 'people.csv'],
    ['report', 'people.csv'],
    ['metrics', 'people.csv'],
  ]) {
    const told = await one.rowtrail(store, ...args);
    const expected = await other.rowtrail(null, ...args);
    expect([args[0], told.code, told.stderr]).toEqual([args[0], expected.code, expected.stderr]);
  }
  const asked = internet.requests.length;
  await one.rowtrail(store, ...RUN, '--no-include-failed');
  expect(internet.requests.length).toBe(asked);
});

it('keeps two CSVs of one name with the same row_ids apart in one store', async () => {
  const store = await newDatabase(postgres, 'apart');
  const [one, other] = [
    await examplesDesk(internet, ONE_ROW),
    await examplesDesk(internet, [HEADER, `1,B,b@x.example,T,,${link(1)}`]),
  ];
  expect((await one.rowtrail(store, ...RUN)).code).toBe(0);
  const second = await other.rowtrail(store, 'run', 'people.csv');
  expect(second.code).toBe(0);
  expect(second.stderr).toContain('the two are kept apart');
  expect((await cellsWithoutTimes(one.csv))[0]?.['drive_files']).toMatch(/^one/);
  expect((await cellsWithoutTimes(other.csv))[0]?.['drive_files']).toMatch(/^two/);
  await other.rowtrail(store, 'reset', 'people.csv', '1');
  expect(json(await one.rowtrail(store, 'status', 'people.csv', '--json'))).toMatchObject({
    drive: { completed: 1 },
  });
});

it('knows a CSV again that was renamed or moved with its folder, and keeps a copy apart', async () => {
  const store = await newDatabase(postgres, 'moved');
  const desk = await examplesDesk(internet, ONE_ROW);
  await desk.rowtrail(store, ...RUN);
  const copy = await tempFolder();
  await cp(desk.folder, copy, { recursive: true });
  await rename(desk.csv, join(desk.folder, 'others.csv'));
  const renamed = await desk.rowtrail(store, 'status', 'others.csv', '--json');
  expect(renamed.stderr).toContain('it was called people.csv before');
  await rename(join(desk.folder, 'others.csv'), desk.csv);
  await rename(join(desk.folder, '.rowtrail', 'others.csv'), join(desk.folder, '.rowtrail', 'people.csv'));
  await desk.rowtrail(store, 'status', 'people.csv');
  const copied = await examplesDesk(internet, ONE_ROW);
  await cp(copy, copied.folder, { recursive: true });
  const told = await copied.rowtrail(store, 'why', '1', '--csv-path', 'people.csv', '--json');
  expect(told.stderr).toContain('it is a copy of');
  const csvs = await administer(store, 'SELECT name FROM rowtrail.csv');
  expect(csvs).toHaveLength(2);
  // Moved away: the same one, elsewhere.
  await rm(desk.folder, { recursive: true });
  const moved = await examplesDesk(internet, ONE_ROW);
  await cp(copy, moved.folder, { recursive: true });
  expect((await moved.rowtrail(store, 'status', 'people.csv')).stderr).toBe('');
  expect(await administer(store, 'SELECT name FROM rowtrail.csv')).toHaveLength(2);
});

it('refuses to go on without the store, or with another one, and changes nothing', async () => {
  const store = await newDatabase(postgres, 'refused');
  const other = await newDatabase(postgres, 'another');
  const desk = await examplesDesk(internet, ONE_ROW);
  await desk.rowtrail(store, ...RUN);
  const before = await readFile(desk.csv, 'utf8');
  for (const args of [RUN, ['status', 'people.csv'], ['reset', 'people.csv', '1'], ['why', '1']]) {
    const told = await desk.rowtrail(null, ...args);
    expect([args[0], told.code]).toEqual([args[0], 2]);
    expect(told.stderr).toMatch(/its ledger is in the store postgres:\/\/.*\/refused.*--store/s);
  }
  const elsewhere = await desk.rowtrail(other, 'status', 'people.csv');
  expect([elsewhere.code, elsewhere.stderr]).toEqual([2, expect.stringContaining('knows nothing of it')]);
  expect(await readFile(desk.csv, 'utf8')).toBe(before);
  const found = await desk.rowtrail(null, 'find', 'drive_downloads/nothing.txt');
  expect(found.stderr).toContain('its ledger is in the store');
});

it('moves the ledger that stands beside a CSV into the store, whole, and fetches nothing again', async () => {
  const store = await newDatabase(postgres, 'taken_over');
  const desk = await examplesDesk(internet);
  await desk.rowtrail(null, ...RUN);
  const why = ['why', '004', '--csv-path', 'people.csv', '--json'];
  const all = ['status', 'report', 'pending'].map((command) => [command, 'people.csv', '--json']);
  const before = json(await desk.rowtrail(null, ...why));
  const told = await Promise.all(all.slice(0, 1).map((args) => desk.rowtrail(null, ...args)));
  const asked = internet.requests.length;
  const first = await desk.rowtrail(store, 'status', 'people.csv', '--json');
  expect(first.stderr).toContain('its ledger was moved into the store');
  expect(first.stdout).toBe(told[0]?.stdout);
  expect(json(await desk.rowtrail(store, ...why))).toEqual(before);
  const beside = await readdir(join(desk.folder, '.rowtrail', 'people.csv'));
  expect(beside).not.toContain('ledger.db');
  expect(beside.filter((name) => name.startsWith('ledger.db.moved-')).length).toBeGreaterThan(0);
  await desk.rowtrail(store, ...RUN, '--no-include-failed');
  expect(internet.requests.length).toBe(asked);
  expect((await desk.rowtrail(store, 'verify', 'people.csv')).code).toBe(0);
});

it('makes the ledger anew where the store lost it, and fetches nothing again', async () => {
  const store = await newDatabase(postgres, 'lost');
  const desk = await examplesDesk(internet, ONE_ROW);
  await desk.rowtrail(store, ...RUN);
  await administer(store, 'DROP SCHEMA rowtrail CASCADE');
  const asked = internet.requests.length;
  const again = await desk.rowtrail(store, 'run', 'people.csv');
  expect(again.code).toBe(0);
  expect(again.stderr).toContain('the ledger was made anew: 1 finished');
  expect(internet.requests.length).toBe(asked);
  const found = await desk.rowtrail(store, 'find', 'one_row1_T.txt', '--json');
  expect(json(found)).toMatchObject({ rows: [{ row_id: '1' }] });
});

it('does not run where a run on another machine goes on', async () => {
  const store = await newDatabase(postgres, 'held');
  const desk = await examplesDesk(internet, ONE_ROW);
  await desk.rowtrail(store, 'status', 'people.csv');
  await desk.rowtrail(store, 'reset', 'people.csv', '1');
  const note = JSON.parse(
    await readFile(join(desk.folder, '.rowtrail', 'people.csv', 'store.json'), 'utf8'),
  ) as { csv: string };
  const elsewhere = await CsvStore.open(store);
  const csv = await elsewhere.find(note.csv);
  if (csv === null) throw new Error('it was entered');
  const lock = await elsewhere.tryLock(csv, 'run');
  const refused = await desk.rowtrail(store, ...RUN);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('another rowtrail run works')]);
  await lock?.release();
  await elsewhere.close();
  expect((await desk.rowtrail(store, ...RUN)).code).toBe(0);
});

it('says what is wrong with a store, and touches neither CSV nor hosts', async () => {
  const desk = await examplesDesk(internet, ONE_ROW);
  const before = await readFile(desk.csv, 'utf8');
  const asked = internet.requests.length;
  const away = await desk.rowtrail('postgres://me:secret@127.0.0.1:1/people', ...RUN);
  expect([away.code, away.stderr]).toEqual([
    1,
    expect.stringMatching(/127\.0\.0\.1:1\/people.*ECONNREFUSED/),
  ]);
  const flag = await desk.rowtrail(null, 'status', 'people.csv', '--store', 'mysql://me:secret@host/x');
  expect([flag.code, flag.stderr]).toEqual([2, expect.stringContaining('address of a PostgreSQL')]);
  expect(away.stderr + flag.stderr).not.toContain('secret');
  await writeFile(join(desk.folder, 'rowtrail.config.yaml'), 'store: postgres://127.0.0.1:1/of-the-file\n');
  const file = await desk.rowtrail(null, 'status', 'people.csv');
  expect([file.code, file.stderr]).toEqual([1, expect.stringContaining('of-the-file')]);
  expect(await readFile(desk.csv, 'utf8')).toBe(before);
  expect(internet.requests.length).toBe(asked);
});

it('the dashboard shows and runs a CSV whose ledger is in a store, and does not show the password', async () => {
  const store = await newDatabase(postgres, 'dashboard');
  const desk = await examplesDesk(internet, ONE_ROW);
  const withPassword = store.replace('rowtrail@', 'rowtrail:hush-hush@');
  const served = await startServe(desk.folder, { env: desk.env(null), args: ['--store', withPassword] });
  expect(await served.run('start')).toMatchObject({ state: 'running' });
  const completed = async () => (await served.overview()).counts.drive.completed;
  await expect.poll(completed, { timeout: 30_000, interval: 100 }).toBe(1);
  const settings = (await served.ask('/api/settings')).body;
  expect(settings).toContain('"store"');
  expect(settings).not.toContain('hush-hush');
  expect(await administer(store, 'SELECT status FROM rowtrail.download')).toEqual([{ status: 'completed' }]);
});

it('the older command lines use the store of the environment, too', async () => {
  const store = await newDatabase(postgres, 'front_doors');
  const desk = await examplesDesk(internet, ONE_ROW);
  await desk.rowtrail(store, ...RUN);
  const told = await desk.rowtrail(store, 'csv-tracker', '--status', '--csv-path', 'people.csv', '--json');
  expect([told.code, told.stderr]).toEqual([0, '']);
  const report = await desk.rowtrail(store, 'monitoring', '--status', '--csv-path', 'people.csv');
  expect([report.code, report.stderr]).toEqual([0, '']);
});
