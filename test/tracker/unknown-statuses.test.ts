import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { TRACKING_COLUMNS } from '../../src/index.ts';
import { CsvTracker } from '../../src/tracker/csv-tracker.ts';
import { UnknownStatuses } from '../../src/tracker/unknown-statuses.ts';
import { attempt } from '../ledger/fixtures.ts';
import { csvFile, HEADER } from './fixtures.ts';

const LINK = 'https://youtu.be/aaaaaaaaaaa';
const row = (rowId: string, youtubeStatus: string, link = LINK) =>
  `${rowId},Ada,a@x,T,${link},,,${youtubeStatus},,,,,,,`;
const csvWith = (...rows: readonly string[]) => csvFile([`${HEADER},${TRACKING_COLUMNS.join(',')}`, ...rows]);

/** What is said of a CSV as it stands now. */
async function heard(tracker: CsvTracker, unknown: UnknownStatuses) {
  await using snapshot = await tracker.snapshot();
  return await unknown.notes(snapshot, await tracker.overlay(snapshot));
}

it('a word that is no status is named with its row and line, where there is a link, and only once', async () => {
  const csv = await csvWith(
    row('1', 'pending'),
    row('2', ' done \u001B[31m'),
    row('3', 'x', '-'),
    row('4', ''),
  );
  const tracker = await CsvTracker.open(csv);
  const unknown = new UnknownStatuses();
  expect(await heard(tracker, unknown)).toEqual([
    {
      rowId: '2',
      message: String.raw`line 3: its youtube_status is "done \u001b[31m", which is no status; it counts as pending`,
    },
  ]);
  expect(await heard(tracker, unknown)).toEqual([]);
  await writeFile(csv, (await readFile(csv, 'utf8')).replace('pending', 'y'.repeat(5000)));
  expect(await heard(tracker, unknown)).toEqual([
    { rowId: '1', message: expect.stringMatching(/^line 2: its youtube_status is "y{40}…", /) },
  ]);
  await tracker.close();
});

it('a download that the ledger knows has the status of the ledger, whatever stands in its cell', async () => {
  const csv = await csvWith(row('1', 'done'), row('2', 'done'));
  const tracker = await CsvTracker.open(csv);
  await tracker.record(attempt({ row: { rowId: '1', type: 'T', name: 'Ada', email: 'a@x' }, link: LINK }));
  expect((await heard(tracker, new UnknownStatuses())).map(({ rowId }) => rowId)).toEqual(['2']);
  await tracker.close();
});

it('of many such words the first are named and the others counted', async () => {
  const csv = await csvWith(...Array.from({ length: 50_000 }, (_, n) => row(`r${n}`, 'fetched by Tom')));
  const tracker = await CsvTracker.open(csv);
  const unknown = new UnknownStatuses();
  const notes = await heard(tracker, unknown);
  expect(notes.slice(0, 10).map(({ rowId }) => rowId)).toEqual(Array.from({ length: 10 }, (_, n) => `r${n}`));
  expect(notes.slice(10)).toEqual([
    { rowId: null, message: '49990 more cells hold no status; they count as pending' },
  ]);
  expect(await heard(tracker, unknown)).toEqual([]);
  await tracker.close();
});
