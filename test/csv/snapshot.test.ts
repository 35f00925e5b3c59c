import { readFile, rename } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { CsvChangedError, CsvSnapshot, MAX_CELL_CHARACTERS, readIdentityNow } from '../../src/csv/index.ts';
import type { TrackingCells } from '../../src/row/index.ts';
import { indexFacts } from './support/index-facts.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder();

/** A file of 5,000 rows, most of their row_ids beginnings of others. */
const COUNT = 5000;
const manyRows = () =>
  folder.file(
    `row_id,type,youtube_playlist\n${Array.from({ length: COUNT }, (_, row) => `${row},T${row},x${row}\n`).join('')}`,
  );

it('finds each row by its row_id, and none by the beginning of one', async () => {
  const ids = Array.from({ length: 1500 }, (_, row) => 'a'.repeat(1500 - row));
  const path = await folder.file(`row_id,type,youtube_playlist\n${ids.map((id) => `${id},T,x\n`).join('')}`);
  await using snapshot = await CsvSnapshot.open(path);
  expect(ids.map((id) => snapshot.index.findRow(id))).toEqual(ids.map((_, row) => row));
  const absent = ids.map((id) => snapshot.index.findRow(`${id}x`));
  expect(new Set(absent)).toEqual(new Set([-1]));
  expect(snapshot.index.rowIdOf(1500)).toBe('');
});

it('reads listed rows in file order, and rows that a predicate picks from the index', async () => {
  await using snapshot = await CsvSnapshot.open(await manyRows());
  const listed = await Array.fromAsync(snapshot.readRows([4321, 3, 77]));
  expect(listed.map((row) => [row.line, row.context.type])).toEqual([
    [5, 'T3'],
    [79, 'T77'],
    [4323, 'T4321'],
  ]);
  const picked = await Array.fromAsync(snapshot.readRows((row) => row % 7 === 0));
  expect(picked.map((row) => row.links.youtube)).toEqual(
    Array.from({ length: Math.ceil(COUNT / 7) }, (_, at) => `x${at * 7}`),
  );
  await expect(snapshot.readRow(COUNT)).rejects.toBeInstanceOf(RangeError);
  await expect(snapshot.readRow(-1)).rejects.toBeInstanceOf(RangeError);
  const edits = new Map([[COUNT, {}]]);
  await expect(snapshot.rewrite({ edits, addTrackingColumns: true })).rejects.toBeInstanceOf(RangeError);
});

it('lets other work run after a few hundred rows that it reads or rewrites', async () => {
  await using snapshot = await CsvSnapshot.open(await manyRows());
  let turn = 0;
  let counting = true;
  const count = () => {
    turn++;
    if (counting) setImmediate(count);
  };
  count();
  const turnOfRow: number[] = [];
  for await (const row of snapshot.readRows(() => true)) turnOfRow[row.index] = turn;
  const turnOfEdit: number[] = [];
  class WatchedEdits extends Map<number, Partial<TrackingCells>> {
    override get(row: number) {
      turnOfEdit[row] = turn;
      return super.get(row);
    }
  }
  const edits = new WatchedEdits();
  for (let row = 0; row < COUNT; row++) edits.set(row, { youtube_status: 'failed' });
  await snapshot.rewrite({ edits, addTrackingColumns: true });
  counting = false;
  for (const turns of [turnOfRow, turnOfEdit]) {
    expect(turns).toHaveLength(COUNT);
    const rowsInOneTurn = Map.groupBy(turns, (at) => at).values();
    expect(Math.max(...Array.from(rowsInOneTurn, (rows) => rows.length))).toBeLessThan(400);
  }
});

it('understands CRLF among the lone CRs of an old Mac, wherever a chunk ends', async () => {
  const path = await folder.file('row_id,type,youtube_playlist\r1,A,x\r\n"2\n",B,y\r\r3,C,z');
  for (const chunkBytes of [1, 2, 3, 1000]) {
    await using snapshot = await CsvSnapshot.open(path, { chunkBytes });
    const rows = await Array.fromAsync(snapshot.readRows(() => true));
    expect(rows.map((row) => [row.line, row.context.rowId, row.context.type])).toEqual([
      [2, '1', 'A'],
      [3, '2', 'B'],
      [5, '3', 'C'],
    ]);
  }
});

it('takes the first line that is not blank for the header, and leaves those before it', async () => {
  const path = await folder.file('\uFEFF\r\n  \r\nrow_id;type;google_drive\r\n1;A;x');
  await using snapshot = await CsvSnapshot.open(path);
  expect(snapshot.index.dialect).toEqual({ delimiter: ';', lineEnd: 'crlf', bom: true });
  expect([snapshot.index.headerLine, snapshot.index.lineOf(0)]).toEqual([3, 4]);
  await snapshot.rewrite({ edits: new Map(), addTrackingColumns: true });
  expect(await readFile(path, 'utf8')).toBe(
    '\uFEFF\r\n  \r\nrow_id;type;google_drive;youtube_status;youtube_files;youtube_media_id;drive_status;drive_files;drive_media_id;last_download_attempt;download_errors\r\n1;A;x;;;;pending;;;;',
  );
});

it('works with a header and with cells that are larger than any block it reads', async () => {
  const wide = Array.from({ length: 9000 }, (_, column) => `column ${column}`).join(',');
  const large = `"${'a line\n'.repeat(400_000)}"`;
  const path = await folder.file(
    `${wide},row_id,type,drive_status,google_drive\n${','.repeat(9000)}1,A,,${large}\nshort\n`,
  );
  await using snapshot = await CsvSnapshot.open(path);
  expect(snapshot.index.skipped.emptyRowId).toEqual({ count: 1, lines: [400_003] });
  expect((await snapshot.readRow(0)).links.drive).toHaveLength('a line\n'.repeat(400_000).length - 1);
  const index = await snapshot.rewrite({
    edits: new Map([[0, { drive_status: 'failed' }]]),
    addTrackingColumns: true,
  });
  await using fresh = await CsvSnapshot.open(path);
  expect(indexFacts(fresh.index)).toEqual(indexFacts(index));
  expect(index.status(0, 'drive')).toBe('failed');
});

it('keeps line numbers right when a line end enters or leaves a tracking cell', async () => {
  const path = await folder.file(
    'row_id,type,google_drive,download_errors\n1,A,x,"by\nhand"\n# note\n2,B,x,\n\n3,C,x,\n',
  );
  await using snapshot = await CsvSnapshot.open(path);
  const edits = new Map([
    [0, { download_errors: 'one line' }],
    [1, { download_errors: 'three\r\nlines\nhere' }],
  ]);
  const index = await snapshot.rewrite({ edits, addTrackingColumns: true });
  expect([0, 1, 2].map((row) => index.lineOf(row))).toEqual([2, 4, 8]);
  expect([index.skipped.comment.lines, index.skipped.blank.lines]).toEqual([[3], [7]]);
});

it('cuts a text that no spreadsheet could hold, and does not write it again', async () => {
  const path = await folder.file('row_id,type,google_drive,download_errors\n1,A,x,\n');
  const edits = new Map([[0, { download_errors: 'e'.repeat(50_000) }]]);
  await using snapshot = await CsvSnapshot.open(path);
  const index = await snapshot.rewrite({ edits, addTrackingColumns: true });
  await using next = await CsvSnapshot.open(path, { previous: index });
  const { tracking } = await next.readRow(0);
  expect(tracking.download_errors).toMatch(/^e+…\+\d+$/);
  expect(tracking.download_errors.length).toBeLessThanOrEqual(MAX_CELL_CHARACTERS);
  expect(await next.rewrite({ edits, addTrackingColumns: true })).toBe(index);
});

it('does not read a file that has taken the place of the expected one', async () => {
  const path = await manyRows();
  const expected = readIdentityNow(path);
  await using snapshot = await CsvSnapshot.open(path, { expected });
  expect(snapshot.index.rowCount).toBe(COUNT);
  // Reading it would end with csv_invalid.
  await rename(await folder.file('row_id,type,youtube_playlist\n1,T,\0\n'), path);
  await expect(CsvSnapshot.open(path)).rejects.toMatchObject({ code: 'csv_invalid' });
  await expect(CsvSnapshot.open(path, { expected })).rejects.toBeInstanceOf(CsvChangedError);
  await expect(CsvSnapshot.open(path, { expected, previous: snapshot.index })).rejects.toBeInstanceOf(
    CsvChangedError,
  );
});
