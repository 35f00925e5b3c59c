import { chmod, mkdir, readdir, readFile, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { updateCsvDownloadStatus } from '../../src/index.ts';
import { startCli } from '../support/cli.ts';
import { startTestInternet } from '../support/internet.ts';
import { contextOf, readCells, rowOf, success } from '../tracker/fixtures.ts';
import { Child } from '../tracker/torture/child.ts';
import {
  asOrdinaryUser,
  desk,
  driveLink,
  HEADER,
  hashOf,
  json,
  reach,
  TRACKED_HEADER,
  youtubeLink,
} from './fixtures.ts';

let internet: Internet;
const renamed = Promise.withResolvers<void>();
beforeAll(async () => {
  internet = await startTestInternet();
  for (const n of [1, 2, 3])
    internet.drive.addFile({ id: `plain-file-${n}`, name: `${n}.txt`, body: `${n}` });
  internet.drive.addFile({
    id: 'slow-file-1',
    name: 'slow.bin',
    body: { size: 1_000_000, seed: 1 },
    faults: { download: { until: renamed.promise } },
  });
});
afterAll(() => internet.close());

const hostsSince = (asked: number) => new Set(internet.requests.slice(asked).map(({ host }) => host));

describe('a CSV that cannot be used is refused with its place, 1, and left byte for byte', () => {
  const lines = (...rows: string[]) => Buffer.from(rows.map((row) => `${row}\n`).join(''));
  const row = (id: string, link = driveLink('plain-file-1')) => `${id},A,a@x,T,,${link}`;
  const cases: readonly [string, Buffer, string][] = [
    ['an empty file', Buffer.alloc(0), 'people.csv:1:1: the file is empty'],
    ['a file of blank lines', Buffer.from('\r\n  \r\n'), 'people.csv:1:1: the file is empty'],
    [
      'no row_id column',
      lines('id,name,email,type,youtube_playlist,google_drive', row('1')),
      'people.csv:1:1: no column `row_id`; did you mean `id` for row_id? Put `columns: {row_id: id}` into rowtrail.config.yaml',
    ],
    [
      'no link column',
      lines('row_id,name,type', '1,A,T'),
      'people.csv:1:1: no link column (`youtube_playlist` or `google_drive`)',
    ],
    [
      'duplicate row_ids',
      lines(HEADER, row('1'), row('2'), row('1')),
      'people.csv:4:1: the row_id "1" stands in line 2 and again in line 4',
    ],
    [
      'UTF-16',
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`${HEADER}\n${row('1')}\n`, 'utf16le')]),
      'people.csv:1:1: the file is UTF-16: save it as "CSV UTF-8"',
    ],
    ['NUL bytes', lines(HEADER, row('1'), '2,A\0B,a@x,T,,'), 'people.csv:3:2: a NUL byte stands here'],
    [
      'an unclosed quote',
      lines(HEADER, row('1'), '2,"B,b@x,T,,', row('3')),
      'people.csv:3:2: a quote opens here and is never closed',
    ],
    [
      'a row longer than its header, where columns would have to be added',
      lines(HEADER, row('1'), `${row('2')},more`),
      'people.csv:3:7: the row is longer than the header (6 columns)',
    ],
    ['a workbook', Buffer.from('PK\u0003\u0004...'), 'people.csv:1:1: this is a workbook, not a CSV'],
  ];
  it.for(cases)('%s', async ([, content, sentence]) => {
    const { folder, csv, rowtrail } = await desk(content, reach(internet));
    const before = await hashOf(csv);
    const asked = internet.requests.length;
    const { code, stdout, stderr } = await rowtrail('run', 'people.csv');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(await hashOf(csv)).toBe(before);
    expect(internet.requests.length).toBe(asked);
    expect(await readdir(folder)).not.toContain('drive_downloads');
  });

  it('leaves nothing beside a file that is no CSV', async () => {
    const { folder, rowtrail } = await desk(Buffer.alloc(0));
    await rowtrail('run', 'people.csv');
    await rowtrail('status', 'people.csv');
    expect(await readdir(folder)).toEqual(['people.csv']);
  });

  it('a missing file, a dangling link, a folder, in commands that only read as well', async () => {
    const { folder, rowtrail } = await desk(null);
    await mkdir(join(folder, 'folder.csv'));
    await symlink('nowhere', join(folder, 'link.csv'));
    for (const [args, sentence] of [
      [['run', 'none.csv'], 'none.csv: there is no such CSV file'],
      [['plan', 'link.csv'], 'link.csv: there is no such CSV file'],
      [['failed', 'folder.csv'], 'folder.csv: this is a folder, not a CSV'],
      [['reset', 'none.csv', '1'], 'none.csv: there is no such CSV file'],
    ] as const) {
      const { code, stderr } = await rowtrail(...args);
      expect(stderr).toContain(sentence);
      expect(code).toBe(1);
    }
    expect(await readdir(folder)).toEqual(['folder.csv', 'link.csv']);
  });
});

it('a row longer than its header is skipped alone and reported, where the columns are there already', async () => {
  const tail = ','.repeat(8);
  const { csv, rowtrail } = await desk(
    [
      TRACKED_HEADER,
      `1,A,a@x,T,,${driveLink('plain-file-1')}${tail}`,
      `2,B,b@x,T,,${driveLink('plain-file-2')}${tail},more,and more`,
      `3,C,c@x,T,,${driveLink('plain-file-3')}${tail}`,
    ],
    reach(internet),
  );
  const result = await rowtrail('run', 'people.csv');
  expect(result.code).toBe(3);
  expect(result.stdout).toContain('1 row left alone, more cells than the header: line 3');
  const text = await readFile(csv, 'utf8');
  expect(text).toContain(`2,B,b@x,T,,${driveLink('plain-file-2')}${tail},more,and more\r\n`);
  expect(await rowOf(csv, '1')).toMatchObject({ drive_status: 'completed' });
  expect(await rowOf(csv, '3')).toMatchObject({ drive_status: 'completed' });
  expect(json(await rowtrail('plan', 'people.csv', '--json'))).toMatchObject({
    drive: { already_here: 2, no_link: 0, unusable: 1 },
    unusable: [{ count: 1, lines: [3] }],
  });
});

it('a CSV that cannot be written is refused before anything is fetched, and can still be read', async () => {
  const { folder, csv, rowtrail } = await desk([HEADER, `1,A,a@x,T,,${driveLink('plain-file-1')}`]);
  const before = await hashOf(csv);
  await chmod(csv, 0o444);
  const asked = internet.requests.length;
  const args = ['--proxy', internet.proxyUrl, '--ca-cert', internet.caCertFile];
  const { code, stderr } = await asOrdinaryUser(['run', 'people.csv', ...args], folder);
  expect(stderr).toMatch(
    /people\.csv: the CSV or its folder cannot be written to \(EACCES\)\n +Close the CSV in Excel/,
  );
  expect(code).toBe(1);
  expect(await hashOf(csv)).toBe(before);
  expect(internet.requests.length).toBe(asked);
  expect(json(await rowtrail('status', 'people.csv', '--json'))).toMatchObject({ drive: { pending: 1 } });
});

it('a read-only CSV gets no tracking columns, and the advice is about the CSV', async () => {
  const { csv, folder } = await desk([HEADER, '1,N,n@x,T,,']);
  const before = await hashOf(csv);
  await chmod(csv, 0o444);
  const { code, stderr } = await asOrdinaryUser(
    ['csv-tracker', '--enhance-schema', '--csv-path', 'people.csv'],
    folder,
  );
  expect(stderr).toMatch(/people\.csv: the CSV or its folder cannot be written; close it in Excel\n/);
  expect(code).toBe(1);
  expect(await hashOf(csv)).toBe(before);
});

it('a million rows with one duplicate row_id at the very end are refused within seconds, with both lines', async () => {
  const rows = Array.from({ length: 1_000_000 }, (_, n) => `r${n},N,n@x,T,,\n`).join('');
  const { csv, folder, rowtrail } = await desk(Buffer.from(`${HEADER}\n${rows}r77,N,n@x,T,,\n`));
  const before = await hashOf(csv);
  for (const command of ['status', 'run']) {
    const { code, stdout, stderr } = await rowtrail(command, 'people.csv');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(
      'people.csv:1000002:1: the row_id "r77" stands in line 79 and again in line 1000002; each row needs one of its own',
    );
  }
  expect(await hashOf(csv)).toBe(before);
  expect(await readdir(folder)).toEqual(['people.csv']);
});

it('cells of 10 MB and names with line ends are listed in lines that can be read, and whole as JSON', async () => {
  const huge = 'x'.repeat(10_000_000);
  const { rowtrail } = await desk([
    HEADER,
    `1,${huge},a@x,T,${youtubeLink('aaaaaaaaaaa')},`,
    `2,"Ada\r\n""the"" first\n",b@x,T,${youtubeLink('aaaaaaaaaaa')},`,
    `3,Eve,c@x,T,${youtubeLink('aaaaaaaaaaa')},${huge}`,
  ]);
  const { code, stdout } = await rowtrail('pending', 'people.csv');
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[2]).toMatch(/^2 +Ada "the" first +b@x +T$/);
  for (const line of lines) expect(line.length).toBeLessThan(300);
  expect(json(await rowtrail('pending', 'people.csv', '--json'))).toMatchObject([
    { row_id: '1', name: huge },
    { row_id: '2', name: 'Ada\r\n"the" first\n' },
    { row_id: '3' },
  ]);
  expect(json(await rowtrail('plan', 'people.csv', '--json'))).toMatchObject({
    youtube: { to_fetch: 3 },
    drive: { malformed: 1 },
  });
});

it('a CSV that disappears in the middle of a run is named; what was fetched is kept and written when it is back', async () => {
  const { folder, csv, rowtrail } = await desk([
    HEADER,
    `1,A,a@x,T,,${driveLink('plain-file-1')}`,
    `2,B,b@x,T,,${driveLink('slow-file-1')}`,
  ]);
  const asked = internet.requests.length;
  const { result } = startCli(['run', 'people.csv'], { cwd: folder, env: reach(internet) });
  const underWay = () =>
    internet.requests.slice(asked).some(({ query }) => query.get('id') === 'slow-file-1');
  await expect.poll(underWay, { timeout: 30_000, interval: 20 }).toBe(true);
  await rename(csv, join(folder, 'away.csv'));
  renamed.resolve();
  const { code, stdout, stderr } = await result;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^error: .*people\.csv: there is no such CSV/m);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect((await readdir(folder)).toSorted()).toEqual(['.rowtrail', 'away.csv', 'drive_downloads']);

  await rename(join(folder, 'away.csv'), csv);
  const again = internet.requests.length;
  expect((await rowtrail('status', 'people.csv')).code).toBe(0);
  expect(await readCells(csv)).toMatchObject([
    { drive_status: 'completed', drive_files: '1_row1_T.txt' },
    { drive_status: 'completed', drive_files: 'slow_row2_T.bin' },
  ]);
  expect(internet.requests.length).toBe(again);
});

it('while a paused process holds a lock: a second run is refused, queries answer, who must write says that it waits, and nothing is lost', async () => {
  const { csv, rowtrail, folder } = await desk([HEADER, `1,A,a@x,T,${youtubeLink('aaaaaaaaaaa')},`]);
  await updateCsvDownloadStatus(0, 'youtube', success(contextOf(await rowOf(csv, '1')), ['a.mp4']), csv);
  const paused = async (lock: 'run' | 'write') => {
    const holder = new Child('holder.ts', [csv, lock]);
    onTestFinished(() => holder.kill());
    await holder.line('held');
    holder.process.kill('SIGSTOP');
    return holder;
  };
  const run = await paused('run');
  const second = await rowtrail('run', 'people.csv');
  expect(second).toMatchObject({ code: 1, stdout: '' });
  expect(second.stderr).toContain('people.csv: another rowtrail run works on this CSV');
  await run.kill();
  expect((await rowtrail('status', 'people.csv')).code).toBe(0);

  const write = await paused('write');
  expect((await rowtrail('status', 'people.csv')).code).toBe(0);
  expect((await rowtrail('find', 'a.mp4')).code).toBe(0);
  const before = await hashOf(csv);
  const { child, result } = startCli(['reset', 'people.csv', '1'], { cwd: folder });
  let said = '';
  child.stderr?.on('data', (text: string) => (said += text));
  await expect.poll(() => said).toMatch(/^note: another process writes into the CSV, .*waiting/);
  expect(await hashOf(csv)).toBe(before);
  child.kill('SIGTERM');
  expect((await result).code).toBe(130);
  await write.kill();
  expect((await rowtrail('status', 'people.csv')).code).toBe(0);
  expect(await rowOf(csv, '1')).toMatchObject({ youtube_status: 'pending', youtube_files: '' });
});

it('a ledger of a newer version is refused in a sentence by every command that needs it, and left as it is', async () => {
  const { csv, folder, rowtrail } = await desk([HEADER, `1,A,a@x,T,${youtubeLink('aaaaaaaaaaa')},`]);
  await updateCsvDownloadStatus(0, 'youtube', success(contextOf(await rowOf(csv, '1')), ['a.mp4']), csv);
  const ledger = join(folder, '.rowtrail', 'people.csv', 'ledger.db');
  const db = new Database(ledger);
  db.pragma('user_version = 999');
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  const before = [await hashOf(csv), await hashOf(ledger)];
  for (const command of ['status', 'pending', 'failed', 'plan', 'run', 'reset 1', 'find a.mp4']) {
    const [name = '', ...rest] = command.split(' ');
    const args = name === 'find' ? [name, ...rest] : [name, 'people.csv', ...rest];
    const { code, stdout, stderr } = await rowtrail(...args);
    expect({ command, code, stdout }).toEqual({ command, code: 1, stdout: '' });
    expect(stderr).toMatch(
      /ledger\.db: the ledger has format 999, .*\n +The ledger was written by a newer rowtrail/,
    );
  }
  expect([await hashOf(csv), await hashOf(ledger)]).toEqual(before);
});

it('links of other hosts, files and options fail alone, contact nobody, and leave every other cell as it is', async () => {
  internet.youtube.addVideo({ id: '--exec_id01' });
  const mine = [
    '1,A,a@x,T,https://evil.example/watch?v=--exec_id01,https://evil.example/file/d/plain-file-1/view',
    '2,B,b@x,T,file:///etc/passwd,file:///etc/passwd',
    '3,C,c@x,T,--exec id,https://drive.google.com/uc?id=--exec',
    '4,D,d@x,T,ytsearch5:cats,javascript:alert(1)',
    '5,E,e@x,T,https://youtube.com.evil.example/watch?v=--exec_id01,https://drive.google.com@evil.example/file/d/plain-file-1/view',
    `6,F,f@x,T,"${youtubeLink('short')}",http://169.254.169.254/latest`,
    `7,G,g@x,T,${youtubeLink('--exec_id01')},${driveLink('plain-file-1')}`,
  ];
  const { folder, csv, rowtrail } = await desk([HEADER, ...mine], reach(internet));
  const asked = internet.requests.length;
  const { code, stdout, stderr } = await rowtrail('run', 'people.csv');
  expect(code).toBe(3);
  const rows = await readCells(csv);
  for (const row of rows.slice(0, 6))
    expect(row).toMatchObject({ youtube_status: 'failed', drive_status: 'failed' });
  expect(rows[6]).toMatchObject({ youtube_status: 'completed', drive_status: 'completed' });
  for (const host of hostsSince(asked))
    expect(host).toMatch(/\.(google|youtube|googlevideo|googleusercontent)\.com$/);
  const text = await readFile(csv, 'utf8');
  for (const line of mine) expect(text).toContain(line);
  expect(`${stdout}${stderr}`).not.toContain('root:');
  expect((await readdir(folder)).toSorted()).toEqual([
    '.rowtrail',
    'drive_downloads',
    'people.csv',
    'youtube_downloads',
  ]);

  const again = internet.requests.length;
  expect((await rowtrail('run', 'people.csv')).code).toBe(0);
  expect(internet.requests.length).toBe(again);
});

it('escape sequences and paths in a row never reach the terminal or the disk as they are', async () => {
  const hostile = '\u001B]0;pwned\u0007\u001B[31mred';
  const { folder, csv, rowtrail } = await desk(
    [
      HEADER,
      `${hostile},\u001B[2JName,\u001B[1m@x,../../T\u001B[0m,https://evil.example/\u001B[5m,${driveLink('plain-file-1')}`,
      `../../up,\u202Eeman,b@x,..,,${driveLink('plain-file-2')}`,
    ],
    reach(internet),
  );
  const outputs = [
    await rowtrail('run', 'people.csv'),
    await rowtrail('failed', 'people.csv'),
    await rowtrail('reset', 'people.csv', hostile, 'none\u001B[7m'),
    await rowtrail('pending', 'people.csv'),
    await rowtrail('find', '\u001B[5mnothing'),
    await rowtrail('status', '\u001B[5mnone.csv'),
    await rowtrail('find', (await readdir(join(folder, 'drive_downloads')))[1] ?? ''),
  ];
  for (const { stdout, stderr } of outputs)
    expect(`${stdout}${stderr}`.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202E]/u);
  const files = await readdir(join(folder, 'drive_downloads'));
  expect(files.filter((name) => !name.endsWith('.json'))).toHaveLength(2);
  for (const name of files) expect(name).toMatch(/^[12]_row[\w.-]+$/);
  expect((await readdir(folder)).toSorted()).toEqual(['.rowtrail', 'drive_downloads', 'people.csv']);
  expect(await readFile(csv, 'utf8')).toContain(hostile);
});
