import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { HEADER, json } from '../cli/fixtures.ts';
import { examplesDesk, newDatabase } from '../store/fixtures.ts';
import { startTestInternet } from '../support/internet.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { readCells } from '../tracker/fixtures.ts';
import { completedIn, jobsIn, startSharedRun, startWorker } from './fixtures.ts';

let postgres: TestPostgres;
let internet: Internet;
beforeAll(async () => {
  [postgres, internet] = await Promise.all([startPostgres(), startTestInternet()]);
});
afterAll(() => internet.close());

it('a person sorts the CSV, changes a link and adds a row while its downloads wait for workers: each row gets its own', async () => {
  const store = await newDatabase(postgres, 'edited');
  const link = (name: string) => {
    const file = internet.drive.addFile({ id: `edited-drive-file-${name}`, name: `${name}.txt`, body: name });
    return `https://drive.google.com/file/d/${file.id}/view`;
  };
  const line = (id: string, file: string) => `${id},N ${id},n${id}@x.example,T,,${link(file)}`;
  const desk = await examplesDesk(internet, [HEADER, line('1', 'one'), line('2', 'old'), line('3', 'three')]);
  const run = startSharedRun(desk, store, '--json');
  await expect.poll(() => jobsIn(store, 'created'), { timeout: 60_000, interval: 50 }).toBe(3);

  const [header = '', one = '', , three = ''] = (await readFile(desk.csv, 'utf8')).split('\r\n');
  const cells = one.slice(one.indexOf('/view') + '/view'.length);
  const edited = [header, three, `${line('4', 'four')}${cells}`, `${line('2', 'new')}${cells}`, one, ''];
  await writeFile(desk.csv, edited.join('\r\n'));
  // The run takes the edit in by itself, and only then is there somebody who fetches.
  await expect.poll(() => jobsIn(store, 'created'), { timeout: 30_000, interval: 50 }).toBe(4);
  const worker = startWorker(desk, store, '--json');
  const summary = await run.result;
  worker.kill('SIGTERM');
  await worker.result;

  expect([summary.code, json(summary)]).toEqual([0, expect.objectContaining({ complete: true })]);
  expect(
    (await readCells(desk.csv)).map((row) => [row['row_id'], row['drive_status'], row['drive_files']]),
  ).toEqual([
    ['3', 'completed', 'three_row3_T.txt'],
    ['4', 'completed', 'four_row4_T.txt'],
    ['2', 'completed', 'new_row2_T.txt'],
    ['1', 'completed', 'one_row1_T.txt'],
  ]);
  expect(Object.values(await completedIn(store))).toEqual([1, 1, 1, 1]);
});
