import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { findRowByFile } from '../../src/index.ts';
import { HEADER } from '../cli/fixtures.ts';
import { startTestInternet } from '../support/internet.ts';
import { csvFile, rowOf } from '../tracker/fixtures.ts';
import { workOn } from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(() => internet.close());

/** A folder with a file in it and one in a folder inside it. @returns the link cell */
function plantFolder(): string {
  const { drive } = internet;
  const deep = drive.addFolder({
    name: 'Day 2',
    children: [drive.addFile({ name: 'b.txt', body: 'two' }).id],
  });
  const top = drive.addFolder({
    name: 'Trip',
    children: [drive.addFile({ name: 'a.txt', body: 'one' }).id, deep.id],
  });
  return `https://drive.google.com/drive/folders/${top.id}`;
}

const FILES = 'Trip_row1_T/a_row1_T.txt,Trip_row1_T/Day 2/b_row1_T.txt';

it("a row's folder keeps its tree, and its cell lists it from the download folder on", async () => {
  const csv = await csvFile([HEADER, `1,A,a@x,T,,${plantFolder()}`]);
  const { summary, folder } = await workOn(internet, csv);
  expect(summary.complete).toBe(true);
  expect(await rowOf(csv, '1')).toMatchObject({ drive_status: 'completed', drive_files: FILES });
  const downloads = join(folder, 'drive_downloads');
  for (const path of FILES.split(',')) expect(existsSync(join(downloads, path))).toBe(true);
  expect(await readdir(downloads)).toEqual(['Trip_row1_T']);
  expect((await findRowByFile('b_row1_T.txt', join(downloads, 'Trip_row1_T', 'Day 2')))?.rowId).toBe('1');
});

it('a lost ledger is made anew from the sidecars of the tree, and nothing is fetched again', async () => {
  const csv = await csvFile([HEADER, `1,A,a@x,T,,${plantFolder()}`]);
  await workOn(internet, csv);
  const before = await readFile(csv, 'utf8');
  await rm(join(dirname(csv), '.rowtrail'), { recursive: true });
  const { requests, summary } = await workOn(internet, csv);
  expect(summary.drive.tried).toBe(0);
  expect(requests).toEqual([]);
  expect(await readFile(csv, 'utf8')).toBe(before);
});

it('ten links of which three cannot be used bring seven files and three entries of what is wrong', async () => {
  const good = Array.from({ length: 7 }, (_, n) =>
    internet.drive.addFile({ name: `${n}.txt`, body: `file ${n}` }),
  );
  const links = good.map(({ id }) => `https://drive.google.com/file/d/${id}/view`);
  links.splice(2, 0, 'https://example.org/x');
  links.splice(5, 0, 'htps://drive.google.com/open?id=1AbCdEfGhIjK');
  links.splice(9, 0, 'https://drive.google.com/file/d/short/view');
  const csv = await csvFile([HEADER, `1,A,a@x,T,,${links.join(' | ')}`]);
  const { summary } = await workOn(internet, csv);
  const row = await rowOf(csv, '1');
  expect(row['drive_status']).toBe('completed');
  expect(row['drive_files']).toBe(good.map((_, n) => `${n}_row1_T.txt`).join(','));
  expect(row['drive_media_id']?.split(',')).toEqual(good.map(({ id }) => id));
  expect(row['download_errors']?.split('; ')).toHaveLength(3);
  for (const part of ['example.org/x', 'htps:', 'short']) expect(row['download_errors']).toContain(part);
  expect(summary.drive).toMatchObject({ tried: 1, completed: 1 });
});
