import { chmod, readdir, readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { updateCsvDownloadStatus } from '../../src/index.ts';
import { contextOf, failure, rowOf, success } from '../tracker/fixtures.ts';
import {
  asOrdinaryUser,
  type Desk,
  desk,
  driveLink,
  hashOf,
  HEADER,
  json,
  TRACKED_HEADER,
  youtubeLink,
} from './fixtures.ts';

/** Saves a while ago, so that nobody has to wait until the file is still. */
async function edit(csv: string, change: (text: string) => string): Promise<void> {
  await writeFile(`${csv}.new`, change(await readFile(csv, 'utf8')));
  const before = new Date(Date.now() - 10_000);
  await utimes(`${csv}.new`, before, before);
  await rename(`${csv}.new`, csv);
}

/** Three people whose YouTube downloads were recorded: one completed, one failed, one completed under a hostile row_id. */
async function worked(): Promise<Desk> {
  const hostile = '\u001B[31mred';
  const work = await desk([
    HEADER,
    `007,James,j@x,T #1,${youtubeLink('aaaaaaaaaaa')},${driveLink('1234567890')}`,
    `NA,Nora,n@x,T #2,${youtubeLink('bbbbbbbbbbb')},`,
    `${hostile},Eve,e@x,T #3,${youtubeLink('ccccccccccc')},`,
  ]);
  await updateCsvDownloadStatus(
    0,
    'youtube',
    success(contextOf(await rowOf(work.csv, '007')), ['a.mp4']),
    work.csv,
  );
  await updateCsvDownloadStatus(0, 'youtube', failure(contextOf(await rowOf(work.csv, 'NA'))), work.csv);
  await updateCsvDownloadStatus(
    0,
    'youtube',
    success(contextOf(await rowOf(work.csv, hostile)), ['c.mp4']),
    work.csv,
  );
  return work;
}

it.each([
  [
    'a status that was reset by hand',
    ['pending', 'people.csv', '--json'],
    (text: string) => text.replace('completed,a.mp4', 'pending,a.mp4'),
    'note: row 007: its status was reset in the CSV: the youtube download is pending again\n',
  ],
  [
    'a link that was changed',
    ['plan', 'people.csv', '--json'],
    (text: string) => text.replace('bbbbbbbbbbb', 'zzzzzzzzzzz'),
    'note: row NA: its link was changed in the CSV: the youtube download is pending again\n',
  ],
  [
    'a tracking cell that was overruled, in a row whose row_id would drive the terminal',
    ['failed', 'people.csv', '--json'],
    (text: string) => text.replace('completed,c.mp4', 'mine,c.mp4'),
    'note: row red: its tracking cells were changed by hand in a way that means nothing; they show the recorded status again\n',
  ],
  [
    'a type that was changed',
    ['status', 'people.csv', '--json'],
    (text: string) => text.replace('T #2', 'T #9'),
    'note: row NA: its type was changed in the CSV; its result is kept in the ledger and the row was left as it is\n',
  ],
  [
    'a row that is gone',
    ['reset', 'people.csv', '007', '--json'],
    (text: string) => text.replace(/\r\nNA,.*/, ''),
    'note: row NA: it is no longer in the CSV; its result is kept in the ledger\n',
  ],
  [
    'leading zeros that a spreadsheet dropped',
    ['run', 'people.csv', '--dry-run', '--json'],
    (text: string) => text.replace('\r\n007,', '\r\n7,'),
    'note: row 7: it was row 007 before: a spreadsheet dropped or added leading zeros; format the column as text\n',
  ],
] as const)('%s is said on stderr, and stdout is what it is', async (_what, command, change, note) => {
  const { csv, rowtrail } = await worked();
  await edit(csv, change);
  const first = await rowtrail(...command);
  expect(first).toMatchObject({ code: 0, stderr: note });
  const second = await rowtrail(...command);
  expect(second).toEqual({ ...first, stderr: '' });
  expect(json(first)).toEqual(json(second));
});

it('a CSV that was renamed says whose ledger it took over, once', async () => {
  const { folder, csv, rowtrail } = await worked();
  await rename(csv, join(folder, 'friends.csv'));
  const first = await rowtrail('status', 'friends.csv');
  expect(first.stderr).toBe('note: it was called people.csv before: its ledger was taken over\n');
  expect(first.stdout).toMatch(/YouTube +3 +2 +0 +1/);
  expect((await rowtrail('status', 'friends.csv')).stderr).toBe('');
});

it('a damaged ledger is set aside by a query, which says so and answers from the CSV', async () => {
  const { folder, rowtrail } = await worked();
  const ledger = join(folder, '.rowtrail', 'people.csv', 'ledger.db');
  // This process closes its ledger some time after the last use, and would write it anew.
  await expect.poll(() => readdir(dirname(ledger))).not.toContain('ledger.db-wal');
  await writeFile(ledger, 'this is no database'.repeat(1000));
  const { code, stdout, stderr } = await rowtrail('status', '--json');
  expect(stderr).toMatch(
    /^note: the ledger was damaged: it was set aside as ledger\S+, a new one is made .*\n$/,
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ youtube: { completed: 2, failed: 1 } });
});

it('a word in a status cell that is no status is said with its line, and counts as pending', async () => {
  const { rowtrail } = await desk([
    TRACKED_HEADER,
    `1,Ada,a@x,T,${youtubeLink('aaaaaaaaaaa')},,completed,a.mp4,,,,,,`,
    `2,Bob,b@x,T,${youtubeLink('bbbbbbbbbbb')},,"done \u001B[31m",b.mp4,,,,,,`,
  ]);
  const note = String.raw`note: row 2: line 3: its youtube_status is "done \u001b[31m", which is no status; it counts as pending`;
  for (const command of ['status', 'pending', 'failed', 'plan']) {
    const { code, stderr } = await rowtrail(command, 'people.csv', '--json');
    expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: `${note}\n` });
  }
  expect(json(await rowtrail('pending', '--json', 'people.csv'))).toMatchObject([{ row_id: '2' }]);
});

it('a result that cannot be put into the CSV just now is said by a query, which counts it', async () => {
  const { folder, csv, rowtrail } = await worked();
  await edit(csv, (text) => text.replace('completed,a.mp4', 'completed,mine.mp4'));
  await chmod(folder, 0o555);
  onTestFinished(() => chmod(folder, 0o755));
  const { stdout, stderr } = await asOrdinaryUser(['status', 'people.csv', '--json'], folder);
  expect(stderr).toMatch(
    /^note: the CSV could not be written just now, what was recorded is kept: .*people\.csv/,
  );
  expect(JSON.parse(stdout)).toMatchObject({ youtube: { completed: 2, failed: 1 } });
  await chmod(folder, 0o755);
  await rowtrail('status', 'people.csv');
  expect(await rowOf(csv, '007')).toMatchObject({ youtube_files: 'a.mp4' });
});

it('a ledger that this user may only read answers queries with a word about it, and refuses changes', async () => {
  const { folder, csv, rowtrail } = await worked();
  const place = join(folder, '.rowtrail', 'people.csv');
  // This process closes its ledger some time after the last use.
  await expect.poll(() => readdir(place)).not.toContain('ledger.db-wal');
  await chmod(place, 0o555);
  onTestFinished(() => chmod(place, 0o755));
  const before = await contentsOf(place);
  const note = /^note: its ledger cannot be written: what is shown is what was recorded/;
  for (const [command, expected] of [
    ['status', { youtube: { completed: 2, failed: 1 } }],
    ['pending', [{ row_id: '007' }, { row_id: 'NA' }]],
    ['failed', [{ row_id: 'NA' }]],
    ['plan', { youtube: { already_here: 2, to_fetch: 1 } }],
  ] as const) {
    const answer = await asOrdinaryUser([command, 'people.csv', '--json'], folder);
    expect([command, answer.code]).toEqual([command, 0]);
    expect(answer.stderr).toMatch(note);
    expect(json(answer)).toMatchObject(expected);
  }
  for (const change of [
    ['reset', 'people.csv', '007'],
    ['run', 'people.csv'],
  ]) {
    const { code, stderr } = await asOrdinaryUser(change, folder);
    expect([change[0], code]).toEqual([change[0], 1]);
    expect(stderr).toMatch(/error: .*(cannot|readonly)/);
  }
  expect(await contentsOf(place)).toEqual(before);
  expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'completed' });
  await chmod(place, 0o755);
  expect((await rowtrail('status', 'people.csv')).stderr).toBe('');
});

/** Names and bytes of the files in a folder. */
async function contentsOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const hashes = await Promise.all(
    files.map(async (name) => [name, await hashOf(join(folder, name))] as const),
  );
  return Object.fromEntries(hashes);
}

it('a reset that cannot be put into the CSV just now says that it is recorded, and is written by the next command', async () => {
  const { folder, csv, rowtrail } = await worked();
  await chmod(folder, 0o555);
  onTestFinished(() => chmod(folder, 0o755));
  const { code, stdout, stderr } = await asOrdinaryUser(['reset', 'people.csv', '007'], folder);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^error: the reset is recorded, but not in the CSV yet: .*people\.csv/m);
  expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'completed' });
  await chmod(folder, 0o755);
  await rowtrail('status', 'people.csv');
  expect(await rowOf(csv, '007')).toMatchObject({ youtube_status: 'pending', youtube_files: '' });
});

it('more notes than anybody reads are counted', async () => {
  const { csv, rowtrail } = await desk([
    HEADER,
    ...Array.from({ length: 60 }, (_, n) => `r${n},Ada,a@x,T,${youtubeLink('aaaaaaaaaaa')},`),
  ]);
  const row = await rowOf(csv, 'r0');
  await Promise.all(
    Array.from({ length: 60 }, (_, n) =>
      updateCsvDownloadStatus(n, 'youtube', success(contextOf({ ...row, row_id: `r${n}` })), csv),
    ),
  );
  await edit(csv, (text) => text.replaceAll('completed', 'pending'));
  const { stderr } = await rowtrail('status', 'people.csv');
  const lines = stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(51);
  expect(lines.at(-1)).toBe('note: and 10 more notes');
});
