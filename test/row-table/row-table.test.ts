import { randomInt } from 'node:crypto';
import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import {
  type RowQuery,
  RowTable,
  resetDownloads,
  SORT_KEYS,
  type TablePage,
  updateCsvDownloadStatus,
} from '../../src/index.ts';
import { contextOf, csvFile, HEADER, readCells, rowOf, success } from '../tracker/fixtures.ts';

async function tableOf(csv: string): Promise<RowTable> {
  const table = new RowTable(csv);
  onTestFinished(() => table[Symbol.asyncDispose]());
  await table.follow();
  return table;
}

const idsOf = ({ rows }: TablePage) => rows.map(({ rowId }) => rowId);
const all = async (table: RowTable, query: RowQuery) => idsOf(await table.page(query, 0, 10_000));

const NAMES = [
  'Ana',
  'ana maria',
  'Björn',
  'BJÖRN',
  '"Almeida, Zoë"',
  '',
  'İpek',
  '日本',
  "O'Neil",
  '<b>x</b>',
  'An',
  'a'.repeat(30),
];

it('gives the rows that a plain look at each of them would give, in the same order', async () => {
  const person = fc.record({
    name: fc.constantFrom(...NAMES),
    type: fc.constantFrom('T', 'FF-Fi/Se #4', ''),
    youtube: fc.constantFrom('https://youtu.be/aaaaaaaaaaa', '', '-'),
    status: fc.constantFrom('', 'pending', 'completed', 'failed', 'odd'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(person, { minLength: 1, maxLength: 120 }),
      fc.constantFrom('', 'ana', 'BJÖRN', 'almeida zoë', 'mail7', 'ff-fi', '日', 'nothing'),
      fc.constantFrom(...SORT_KEYS),
      fc.boolean(),
      async (people, text, sort, descending) => {
        const csv = await csvFile([
          'row_id,name,email,type,youtube_playlist,google_drive,youtube_status',
          ...people.map(
            ({ name, type, youtube, status }, at) =>
              `${people.length * 7 - at},${name},p@mail${at}.org,${type},${youtube},,${status}`,
          ),
        ]);
        const cells = await readCells(csv);
        await using table = new RowTable(csv);
        await table.follow();
        const words = text.toLowerCase().split(' ').filter(Boolean);
        const fits = cells.filter((row) => {
          const said = [row['row_id'], row['name'], row['email'], row['type']].join('\n').toLowerCase();
          return words.every((word) => said.includes(word));
        });
        const found = await all(table, { text, sort, descending });
        expect(found.toSorted()).toEqual(fits.map((row) => row['row_id']).toSorted());
        const keyOf = (rowId: string): string | number => {
          const at = cells.findIndex((row) => row['row_id'] === rowId);
          const row = cells[at];
          const bytes = (said = '') =>
            Buffer.from(said.trim().normalize('NFC').toLowerCase()).toString('hex');
          if (sort === 'rowId') return Number(rowId);
          if (sort === 'name') return bytes(row?.['name']);
          if (sort === 'type') return bytes(row?.['type']);
          if (sort !== 'youtube') return sort === 'line' ? at : 0;
          if (!row?.['youtube_playlist']?.startsWith('http')) return 0;
          return { '': 1, pending: 1, completed: 3, failed: 4, odd: 5 }[row['youtube_status'] ?? ''] ?? -1;
        };
        const keys = found.map((rowId) => keyOf(rowId));
        const isInOrder = keys.every((key, at) => {
          const next = keys[at + 1];
          return next === undefined || (descending ? key >= next : key <= next);
        });
        expect(isInOrder).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

it('pages through an order without leaving a row out or giving one twice', async () => {
  const rows = Array.from(
    { length: 500 },
    (_, at) => `${at + 1},P${randomInt(20)},p@x,T,https://youtu.be/aaaaaaaaaaa,,`,
  );
  const table = await tableOf(await csvFile([HEADER, ...rows]));
  const seen: string[] = [];
  for (let offset = 0; offset < 500; offset += 70) {
    const page = await table.page({ sort: 'name', descending: true }, offset, 70);
    expect(page.total).toBe(500);
    seen.push(...idsOf(page));
  }
  expect(new Set(seen).size).toBe(500);
  expect(idsOf(await table.page({}, 9999, 10))).toEqual([]);
});

it('follows what is recorded and reset, with causes and the names of new files, without reading the CSV anew', async () => {
  const csv = await csvFile();
  const table = await tableOf(csv);
  const states: string[] = [];
  expect((await table.counts()).youtube).toMatchObject({ none: 1, pending: 2 });
  const done = success(contextOf(await rowOf(csv, '007')), ['Brand New.mp4']);
  await updateCsvDownloadStatus(0, 'youtube', done, csv);
  expect(await table.follow()).toBe(true);
  expect((await table.page({ text: 'brand new' }, 0, 10)).rows).toMatchObject([
    { rowId: '007', youtube: { status: 'completed', files: 1, cause: null } },
  ]);
  const bad = success(contextOf(await rowOf(csv, 'NA')), [], {
    success: false,
    errorMessage: 'Private video. Sign in',
  });
  await updateCsvDownloadStatus(1, 'youtube', bad, csv);
  await table.follow();
  const { causes, statuses } = await table.causes(10);
  expect(causes).toMatchObject([{ count: 1, first: [{ rowId: 'NA', downloadType: 'youtube' }] }]);
  expect(statuses).toMatchObject({ failed: 1, completed: 1 });
  expect(await all(table, { status: ['failed'], cause: [causes[0]?.cause ?? ''] })).toEqual(['NA']);
  expect(await all(table, { status: ['failed'], download: 'drive' })).toEqual([]);
  await resetDownloads(['NA'], csv);
  await table.follow();
  expect(await all(table, { status: ['failed'] })).toEqual([]);
  expect(states).toEqual([]);
});

it('follows a person who saves another file in its place, and one who writes into it', async () => {
  const csv = await csvFile();
  const table = await tableOf(csv);
  const before = (await table.page({}, 0, 10)).version;
  const text = (await readFile(csv, 'utf8')).replace('James', 'Jemima') + '9,Zed,z@x,T,,,\r\n';
  await writeFile(`${csv}.new`, text);
  await rename(`${csv}.new`, csv);
  await expect
    .poll(async () => (await table.follow(), (await table.page({ text: 'jemima' }, 0, 10)).total), {
      timeout: 20_000,
    })
    .toBe(1);
  expect((await table.page({}, 0, 10)).version).toBeGreaterThan(before);
  await appendFile(csv, '10,Yan,y@x,T,,,\r\n');
  await expect.poll(async () => (await table.follow(), await table.rowCount()), { timeout: 20_000 }).toBe(5);
});

it('says that the CSV is gone, and goes on once it is back', async () => {
  const csv = await csvFile();
  const table = await tableOf(csv);
  const text = await readFile(csv);
  await rm(csv);
  await table.follow();
  expect(table.state).toMatchObject({ state: 'failed', error: { code: 'file_missing' } });
  await expect(table.page({}, 0, 10)).rejects.toMatchObject({ code: 'file_missing' });
  await writeFile(csv, text);
  await expect.poll(async () => (await table.follow(), table.state.state), { timeout: 20_000 }).toBe('ready');
  expect(await table.rowCount()).toBe(3);
});

it('holds a cell of a megabyte to be searched in no further than its beginning', async () => {
  const csv = await csvFile([HEADER, `1,${'x'.repeat(1_000_000)}needle,a@x,T,,,`, '2,needle,b@x,T,,,']);
  const table = await tableOf(csv);
  expect(await all(table, { text: 'NEEDLE' })).toEqual(['2']);
  expect(await all(table, { text: 'xxx', sort: 'name' })).toEqual(['1']);
});
