import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addExampleWorld } from '../../src/demo/example-world.ts';
import type { Internet } from '../../src/demo/internet/index.ts';
import { HEADER, json } from '../cli/fixtures.ts';
import { examplesDesk, newDatabase } from '../store/fixtures.ts';
import type { CliResult } from '../support/cli.ts';
import { startTestInternet } from '../support/internet.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { readCells } from '../tracker/fixtures.ts';
import { completedIn, jobsIn, startSharedRun, startWorker } from './fixtures.ts';

let postgres: TestPostgres;
let internet: Internet;
beforeAll(async () => {
  [postgres, internet] = await Promise.all([startPostgres(), startTestInternet()]);
  addExampleWorld(internet);
});
afterAll(() => internet.close());

/** A CSV's bytes, but for the times, which are each run's own. */
const bytesWithoutTimes = async (csv: string) =>
  (await readFile(csv, 'latin1')).replaceAll(/\d{4}-\d\d-\d\d(?:T[\d:.]+Z| \d\d:\d\d UTC)/g, 'TIME');

const files = async (folder: string) =>
  (await Promise.all(['youtube_downloads', 'drive_downloads'].map((name) => readdir(join(folder, name)))))
    .flat()
    .toSorted();

it('three workers leave, row by row, what one process leaves: the same CSV, files and summary', async () => {
  const store = await newDatabase(postgres, 'three');
  const [shared, alone] = [await examplesDesk(internet), await examplesDesk(internet)];
  const workers = [1, 2, 3].map(() => startWorker(shared, store));
  const run = startSharedRun(shared, store, '--json');
  const [summary, expected] = [await run.result, await alone.rowtrail(null, 'run', 'people.csv', '--json')];
  for (const worker of workers) worker.kill('SIGTERM');
  const ended = await Promise.all(workers.map(({ result }) => result));
  expect([summary.code, ...ended.map(({ code }) => code)]).toEqual([expected.code, 0, 0, 0]);
  expect(await bytesWithoutTimes(shared.csv)).toBe(await bytesWithoutTimes(alone.csv));
  expect(await files(shared.folder)).toEqual(await files(alone.folder));
  const counts = (text: CliResult) => {
    const { youtube, drive, complete, interrupted, plan } = json(text) as Record<string, unknown>;
    return { youtube, drive, complete, interrupted, plan };
  };
  expect(counts(summary)).toEqual(counts(expected));
  expect((await shared.rowtrail(store, 'verify', 'people.csv')).code).toBe(0);
  expect(await jobsIn(store, 'active')).toBe(0);
  expect(new Set(Object.values(await completedIn(store)))).toEqual(new Set([1]));
});

it('keeps two CSVs with the same row_ids apart, and ends when the queue is empty', async () => {
  const store = await newDatabase(postgres, 'apart');
  const desks = await Promise.all(
    ['one', 'two'].map(async (name) => {
      const file = internet.drive.addFile({
        id: `apart-drive-file-${name}`,
        name: `${name}.txt`,
        body: name,
      });
      const link = `https://drive.google.com/file/d/${file.id}/view`;
      return examplesDesk(internet, [HEADER, `1,${name},${name}@x.example,T,,${link}`]);
    }),
  );
  const output = await examplesDesk(internet, []);
  const runs = desks.map((desk) => startSharedRun(desk, store));
  await expect.poll(() => jobsIn(store, 'created'), { timeout: 60_000, interval: 50 }).toBe(2);
  const worker = await startWorker(output, store, '--output', 'here', '--until-empty', '--json').result;
  expect([worker.code, json(worker)]).toEqual([0, expect.objectContaining({ completed: 2, failed: 0 })]);
  for (const { result } of runs) expect((await result).code).toBe(0);
  const cells = await Promise.all(desks.map(async ({ csv }) => (await readCells(csv))[0]?.['drive_files']));
  expect(cells).toEqual([expect.stringMatching(/^one_row1/), expect.stringMatching(/^two_row1/)]);
  expect((await readdir(join(output.folder, 'here', 'drive_downloads'))).length).toBe(4);
});

it('a run works on its own jobs only, and a worker that comes later has nothing left to do', async () => {
  const store = await newDatabase(postgres, 'alone');
  const file = internet.drive.addFile({ id: 'alone-drive-file-1', name: '1.txt', body: 'one' });
  const desk = await examplesDesk(internet, [
    HEADER,
    `1,A,a@x.example,T,,https://drive.google.com/file/d/${file.id}/view`,
  ]);
  expect((await desk.rowtrail(store, 'run', 'people.csv')).code).toBe(0);
  const worker = await startWorker(desk, store, '--until-empty', '--json').result;
  expect([worker.code, json(worker)]).toEqual([0, expect.objectContaining({ completed: 0 })]);
});

it('says what a worker needs', async () => {
  const desk = await examplesDesk(internet, [HEADER]);
  const none = await desk.rowtrail(null, 'worker');
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('ROWTRAIL_STORE')]);
  const away = await desk.rowtrail('postgres://me:secret@127.0.0.1:1/people', 'worker');
  expect([away.code, away.stderr]).toEqual([1, expect.stringContaining('ECONNREFUSED')]);
  expect(away.stderr).not.toContain('secret');
  const alone = await desk.rowtrail(null, 'run', 'people.csv', '--no-download');
  expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('--store')]);
});
