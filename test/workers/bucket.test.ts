import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { HEADER, json } from '../cli/fixtures.ts';
import { BUCKET, keysIn, leftIn, newBucket } from '../files/bucket/fixtures.ts';
import { examplesDesk, newDatabase } from '../store/fixtures.ts';
import { runCli } from '../support/cli.ts';
import { startTestInternet } from '../support/internet.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { readCells } from '../tracker/fixtures.ts';
import { completedIn, startSharedRun, startWorker } from './fixtures.ts';

const ROWS = 12;
const OUTPUT = `s3://${BUCKET}/shared`;

let postgres: TestPostgres;
let internet: Internet;
beforeAll(async () => {
  [postgres, internet] = await Promise.all([startPostgres(), startTestInternet()]);
});
afterAll(() => internet.close());

it('workers on machines without a common folder put all files into one bucket, where the run finds and verifies them', async () => {
  const store = await newDatabase(postgres, 'bucket');
  const { server, staging } = await newBucket();
  const lines = Array.from({ length: ROWS }, (_, n) => {
    const file = internet.drive.addFile({
      id: `worker-bucket-file-${n}`,
      name: `${n}.bin`,
      body: { size: 3000 + n, seed: n },
    });
    return `${n},N ${n},n${n}@x.example,T,,https://drive.google.com/file/d/${file.id}/view`;
  });
  const own = { ...server.env, ROWTRAIL_OUTPUT: OUTPUT, ROWTRAIL_STAGING_DIR: staging };
  const withBucket = async (given: readonly string[]) => {
    const { folder, csv, env } = await examplesDesk(internet, given);
    return { folder, csv, env: (address: string | null) => ({ ...env(address), ...own }) };
  };
  const desk = await withBucket([HEADER, ...lines]);
  const others = await Promise.all([withBucket([]), withBucket([])]);
  const run = startSharedRun(desk, store, '--json');
  const workers = others.map((other) => startWorker(other, store, '--json'));
  expect(await run.result).toMatchObject({ code: 0 });
  for (const worker of workers) worker.kill('SIGTERM');
  for (const { result } of workers) expect((await result).code).toBe(0);

  expect(new Set(Object.values(await completedIn(store)))).toEqual(new Set([1]));
  const listed = (await readCells(desk.csv)).map((row) => row['drive_files'] ?? '');
  expect(listed.every((name) => /^\d+_row\d+_T\.bin$/.test(name))).toBe(true);
  expect(keysIn(server, 'shared/')).toEqual(
    listed
      .flatMap((name) => [
        `drive_downloads/${name}`,
        `drive_downloads/${name.replace('.bin', '_metadata.json')}`,
      ])
      .toSorted(),
  );
  expect(server.uploads.size).toBe(0);
  expect(await leftIn(staging)).toEqual([]);
  for (const { folder } of others)
    expect((await readdir(folder)).filter((name) => name !== 'people.csv')).toEqual([]);
  const at = { cwd: desk.folder, env: desk.env(store) };
  expect(await runCli(['verify', 'people.csv'], at)).toMatchObject({ code: 0 });
  const found = await runCli(['find', listed[3] ?? '', '--csv-path', 'people.csv', '--json'], at);
  expect(json(found)).toMatchObject({ rows: [{ row_id: '3', download_type: 'drive' }] });
});
