import { appendFile, copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addExampleWorld } from '../../src/demo/example-world.ts';
import type { Internet } from '../../src/demo/internet/index.ts';
import { resetDownloads } from '../../src/index.ts';
import { startTestInternet } from '../support/internet.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { readCells } from '../tracker/fixtures.ts';
import { hurriedClock, workOn } from '../workflow/fixtures.ts';
import { screen } from './screen.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'people.csv');

let internet: Internet;
let home: string;
beforeAll(async () => {
  home = process.cwd();
  internet = await startTestInternet();
  addExampleWorld(internet);
  plant(internet);
});
afterAll(async () => {
  process.chdir(home);
  await internet.close();
});

/** What the examples have none of: lists with dead entries, folders in folders, hosts that answer late, and more ways to fail. */
function plant({ youtube, drive }: Internet): void {
  for (const n of [1, 2, 3])
    youtube.addVideo({
      id: `playlist00${n}`,
      title: `Part ${n}; <b>bold</b>`,
      channel: 'Parts',
      ...(n === 2 ? {} : { captions: [{ lang: 'en', text: `Part ${n}.` }] }),
    });
  youtube.addVideo({ id: 'playlist00P', behaviour: 'private' });
  youtube.addPlaylist({
    id: 'PLwithDeadEntries0001',
    title: 'With dead entries',
    videoIds: ['playlist001', 'playlist00P', 'neverThere1', 'playlist002', 'playlist003'],
  });
  youtube.addVideo({ id: 'premiere001', behaviour: 'upcoming' });
  youtube.addVideo({ id: 'membersOnly', behaviour: 'members' });
  youtube.addVideo({ id: 'refused-001', title: 'Refused', faults: { media: { status: 403 } } });
  const deep = drive.addFolder({
    name: 'Day 2',
    children: [drive.addFile({ id: '1DayTwoFile00000001', name: 'b.txt', body: 'two' }).id],
  });
  const secret = drive.addFile({
    id: '1HiddenInFolder0001',
    name: 'c.txt',
    body: 'c',
    behaviour: 'not-found',
  });
  drive.addFolder({
    id: '1TripFolder00000001',
    name: 'Trip',
    children: [
      drive.addFile({ id: '1DayOneFile00000001', name: 'a.txt', body: 'one' }).id,
      deep.id,
      secret.id,
    ],
  });
  drive.addFile({ id: '1WrongChecksum00001', name: 'w.bin', body: 'wrong', checksums: 'wrong' });
  drive.addFile({
    id: '1LateButThere000001',
    name: 'late.txt',
    body: 'late',
    checksums: 'right',
    faults: { download: { status: 503, times: 2 } },
  });
}

const MORE = [
  '020,Parts,parts@example.org,T,X,,https://www.youtube.com/playlist?list=PLwithDeadEntries0001,,',
  '021,Early,early@example.org,T,X,,https://youtu.be/premiere001,,',
  '022,Outside,outside@example.org,T,X,,https://youtu.be/membersOnly,https://drive.google.com/drive/folders/1TripFolder00000001,',
  '023,Refused,refused@example.org,T,X,,https://youtu.be/refused-001,https://drive.google.com/file/d/1WrongChecksum00001/view,',
  '024,Late,late@example.org,T,X,,,https://drive.google.com/file/d/1LateButThere000001/view,',
  '025,Share,share@example.org,T,X,,https://youtu.be/nanosecond2,https://drive.google.com/file/d/1SmallTrajectory005/view,',
  '026,Again,again@example.org,T,X,,https://youtu.be/enigma-0003,https://drive.google.com/file/d/1SmallTrajectory005/view,',
  '027,Moved,moved@example.org,T,X,,https://youtu.be/nanosecond2,,',
  '028,Erased,erased@example.org,T,X,,https://youtu.be/wiped-out10,,',
  '029,Words,words@example.org,T,X,,https://youtu.be/sea-breeze1,,',
];

/** A run of the examples and of the rows above, with everything that people do between runs. @returns the folder */
async function worked(): Promise<string> {
  const folder = await tempFolder();
  const csv = join(folder, 'people.csv');
  await copyFile(EXAMPLE, csv);
  await appendFile(csv, `${MORE.join('\n')}\n`);
  const run = (options = {}) => workOn(internet, csv, { maxWait: 0, clock: hurriedClock(), ...options });
  await run({ transcriptOnly: true, skipDrive: true });
  await run();
  // One is fetched anew, one is only reset; one gets another link before the next run, one during none.
  await resetDownloads(['026'], csv);
  await edit(csv, (text) => text.replace('https://youtu.be/nanosecond2,,', 'https://youtu.be/anaEngine01,,'));
  await run();
  await resetDownloads(['028', '025'], csv, { downloadType: 'youtube' });
  await resetDownloads(['028'], csv);
  return folder;
}

async function edit(csv: string, change: (text: string) => string): Promise<void> {
  await writeFile(csv, change(await readFile(csv, 'utf8')));
}

/** Everything that `status`, `find` and `why` say. */
async function said(folder: string): Promise<ReadonlyMap<string, string>> {
  process.chdir(folder);
  const answers = new Map<string, string>();
  const ask = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await screen(args, { width: 120 });
    answers.set(args.join(' '), `${code}\n${stdout}\n${stderr}`);
  };
  for (const json of [[], ['--json']]) await ask('status', 'people.csv', ...json);
  const files = await filesIn(folder);
  for (const file of files)
    for (const named of [file, join(folder, file), file.slice(file.lastIndexOf('/') + 1)])
      await ask('find', named, '--json');
  for (const file of files.slice(0, 3)) {
    await copyFile(file, 'renamed.bin');
    for (const json of [[], ['--json']])
      await ask('find', 'renamed.bin', ...json, '--csv-path', 'people.csv');
    answers.set(`copy of ${file}`, answers.get('find renamed.bin --json --csv-path people.csv') ?? '');
  }
  for (const { row_id: rowId = '' } of await readCells('people.csv'))
    for (const json of [[], ['--json']]) await ask('why', rowId, ...json);
  for (const json of [[], ['--json']]) await ask('status', 'people.csv', ...json);
  return answers;
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of ['youtube_downloads', 'drive_downloads'])
    for (const entry of await readdir(join(folder, name), { recursive: true, withFileTypes: true }))
      if (entry.isFile()) found.push(join(entry.parentPath, entry.name).slice(folder.length + 1));
  return found.toSorted();
}

const beside = (folder: string) => join(folder, '.rowtrail', 'people.csv');

async function loseLedger(folder: string): Promise<void> {
  for (const end of ['', '-wal', '-shm']) await rm(join(beside(folder), `ledger.db${end}`), { force: true });
}

describe('a ledger that was deleted', () => {
  it('is made anew, and status, find and why say the same, word by word', { timeout: 900_000 }, async () => {
    const folder = await worked();
    const before = await said(folder);
    const csv = await readFile(join(folder, 'people.csv'));
    await loseLedger(folder);
    const after = await said(folder);
    expect([...after.keys()]).toEqual([...before.keys()]);
    const other = [...before].filter(([asked, answer]) => steady(after.get(asked)) !== answer);
    for (const [asked, answer] of other)
      expect(`${asked}\n${steady(after.get(asked))}`).toBe(`${asked}\n${answer}`);
    expect(await readFile(join(folder, 'people.csv'))).toEqual(csv);
  });
});

/** Without the one sentence that says that it was made anew. */
function steady(text = ''): string {
  return text.replaceAll(/^note: the ledger was made anew.*\n/gm, '');
}
