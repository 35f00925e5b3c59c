import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { HEADER, json, youtubeLink } from '../cli/fixtures.ts';
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

it('rows that are added, or set back, once all else is done or under way are worked off by the same run', async () => {
  const store = await newDatabase(postgres, 'rounds');
  const drive = (name: string, latencyMs = 0) => {
    const faults = { download: { latencyMs } };
    const id = `rounds-drive-file-${name}`;
    internet.drive.addFile({ id, name: `${name}.txt`, body: name, faults });
    return `https://drive.google.com/file/d/${id}/view`;
  };
  internet.youtube.addVideo({ id: 'rounds-vid1', title: 'Added' });
  const line = (id: string, links: string) => `${id},N ${id},n${id}@x.example,T,${links}`;
  const rows = [line('1', `,${drive('quick')}`), line('2', `,${drive('slow', 8000)}`)];
  const desk = await examplesDesk(internet, [HEADER, ...rows]);
  const worker = startWorker(desk, store, '--json');
  const run = startSharedRun(desk, store, '--json');
  const until = { timeout: 60_000, interval: 50 };
  const statusOf = async (rowId: string) =>
    (await readCells(desk.csv)).find((row) => row['row_id'] === rowId)?.['drive_status'];
  await expect.poll(() => statusOf('1'), until).toBe('completed');

  // None of the plan was for YouTube: what is added needs jobs and turns of its own.
  const edited = (await readFile(desk.csv, 'utf8')).replace('completed', 'pending');
  await writeFile(desk.csv, `${edited}${line('3', `${youtubeLink('rounds-vid1')},`)}\r\n`);
  const summary = await run.result;
  worker.kill('SIGTERM');
  await worker.result;

  expect([summary.code, json(summary)]).toEqual([
    0,
    expect.objectContaining({
      complete: true,
      youtube: expect.objectContaining({ completed: 1, left: 0 }),
      drive: expect.objectContaining({ tried: 3, completed: 3, left: 0 }),
      notes: expect.arrayContaining([expect.stringMatching(/the CSV was changed meanwhile: .* more/)]),
    }),
  ]);
  expect((await readCells(desk.csv)).map((row) => [row['youtube_status'], row['drive_status']])).toEqual([
    ['', 'completed'],
    ['', 'completed'],
    ['completed', ''],
  ]);
  expect(Object.values(await completedIn(store)).toSorted()).toEqual([1, 1, 2]);
});
