import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { getAttr, setAttr } from 'fs-native-extensions';
import { expect, it } from 'vitest';
import { AbandonedTemps, CsvChangedError, CsvSnapshot } from '../../src/csv/index.ts';
import { writeError } from '../../src/csv/replace-file.ts';
import { ErrorCategory, RowtrailError } from '../../src/errors/index.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder();
const CHILD = fileURLToPath(new URL('support/rewrite-in-child.ts', import.meta.url));
const CONTENT = 'row_id,type,youtube_playlist\r\n1,INTJ,https://youtu.be/aaaaaaaaaaa\r\n2,ENFP,-\r\n';
const WRITTEN = CONTENT.replace(
  'playlist\r\n',
  'playlist,youtube_status,youtube_files,youtube_media_id,drive_status,drive_files,drive_media_id,last_download_attempt,download_errors\r\n',
)
  .replace('aaaaaaaaaaa\r\n', 'aaaaaaaaaaa,completed,,,,,,,\r\n')
  .replace('-\r\n', '-,,,,,,,,\r\n');
const EDITS = new Map([[0, { youtube_status: 'completed' }]]);
const rewriteOptions = { edits: EDITS, addTrackingColumns: true };

/** A CSV in a folder of its own. */
async function csvAlone(name: string, content = CONTENT): Promise<string> {
  await mkdir(join(folder.path, name));
  return folder.file(content, join(name, 'people.csv'));
}

const filesBeside = (path: string) => readdir(dirname(path));

it('leaves the new file and nothing else in the folder', async () => {
  const path = await csvAlone('plain');
  await using snapshot = await CsvSnapshot.open(path);
  await snapshot.rewrite(rewriteOptions);
  expect(await readFile(path, 'utf8')).toBe(WRITTEN);
  expect(await filesBeside(path)).toEqual(['people.csv']);
});

it('keeps mode, owner and extended attributes', async () => {
  const path = await csvAlone('attributes');
  await chmod(path, 0o640);
  // Only root may give files away; for others the owner stays their own.
  const owner = process.getuid?.() === 0 ? [1234, 2345] : [process.getuid?.(), process.getgid?.()];
  await chown(path, owner[0] ?? 0, owner[1] ?? 0);
  const before = await open(path, 'r+');
  await setAttr(before.fd, 'user.origin', 'the registry');
  await before.close();

  await using snapshot = await CsvSnapshot.open(path);
  await snapshot.rewrite(rewriteOptions);

  const after = await open(path, 'r');
  const { mode, uid, gid } = await after.stat();
  const origin = await getAttr(after.fd, 'user.origin');
  await after.close();
  expect(await readFile(path, 'utf8')).toBe(WRITTEN);
  expect(mode & 0o777).toBe(0o640);
  expect([uid, gid]).toEqual(owner);
  expect(origin?.toString()).toBe('the registry');
});

it('replaces the target of a symbolic link, in the target’s folder', async () => {
  const target = await csvAlone('target');
  const link = join(folder.path, 'link.csv');
  await symlink(target, link);
  await using snapshot = await CsvSnapshot.open(link);
  let temp = '';
  await snapshot.rewrite({
    ...rewriteOptions,
    beforeRename: (path) => {
      temp = path;
    },
  });
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect(await readlink(link)).toBe(target);
  expect(await readFile(target, 'utf8')).toBe(WRITTEN);
  expect(dirname(temp)).toBe(dirname(target));
  expect(basename(temp)).toMatch(/^\.people\.csv\.rowtrail-[0-9a-f]{16}\.tmp$/);
});

it('works for a name as long as a file system takes', async () => {
  const name = `${'ö'.repeat(125)}.csv`;
  const path = await folder.file(CONTENT, name);
  await using snapshot = await CsvSnapshot.open(path);
  await snapshot.rewrite(rewriteOptions);
  expect(await readFile(path, 'utf8')).toBe(WRITTEN);
});

const changes: [string, (path: string) => Promise<unknown>][] = [
  ['saved with another content', (path) => writeFile(path, CONTENT.replace('ENFP', 'ENTJ'))],
  ['appended to', (path) => writeFile(path, '3,ISTP,-\r\n', { flag: 'a' })],
  [
    'replaced by a file with the same content',
    async (path) => {
      await writeFile(`${path}.new`, CONTENT);
      await rename(`${path}.new`, path);
    },
  ],
  ['moved away', (path) => rename(path, `${path}.old`)],
  ['touched', (path) => utimes(path, new Date(), new Date(0))],
];

it.each(changes)('writes nothing over a CSV that was %s meanwhile', async (name, change) => {
  const path = await csvAlone(name);
  await using snapshot = await CsvSnapshot.open(path);
  expect(await snapshot.isCurrent()).toBe(true);
  const rewritten = snapshot.rewrite({
    ...rewriteOptions,
    beforeRename: async () => void (await change(path)),
  });
  await expect(rewritten).rejects.toBeInstanceOf(CsvChangedError);
  expect(await snapshot.isCurrent()).toBe(false);
  for (const file of await filesBeside(path)) {
    expect(file).not.toContain('.tmp');
    expect(await readFile(join(dirname(path), file), 'utf8')).not.toContain('completed');
  }
});

it('still reads the rows of a file that was replaced, and notices one that was changed in place', async () => {
  const path = await csvAlone('reading');
  await using snapshot = await CsvSnapshot.open(path);
  await writeFile(`${path}.new`, 'row_id,type,youtube_playlist\n9,ISTP,-\n');
  await rename(`${path}.new`, path);
  expect((await snapshot.readRow(1)).context.type).toBe('ENFP');

  await using other = await CsvSnapshot.open(path);
  await writeFile(path, 'row_id,type,youtube_playlist\n8,ISTP,-\n');
  await expect(other.readRow(0)).rejects.toBeInstanceOf(CsvChangedError);
});

it('takes over an index only for the very file it describes', async () => {
  const path = await csvAlone('previous');
  await using first = await CsvSnapshot.open(path);
  await using same = await CsvSnapshot.open(path, { previous: first.index });
  expect(same.index).toBe(first.index);
  await writeFile(path, CONTENT.replace('2,', '7,'));
  await using changed = await CsvSnapshot.open(path, { previous: first.index });
  expect(changed.index.findRow('7')).toBe(1);
});

it.each([
  ['the type', 'ENFP', 'ENTP'],
  ['the row_id', '2,ENFP', '3,ENFP'],
])('does not let a file through in which %s of a touched row changed', async (name, from, to) => {
  const path = await csvAlone(`guard ${name}`);
  await using snapshot = await CsvSnapshot.open(path);
  const damage = async (tempPath: string) => {
    const text = await readFile(tempPath, 'utf8');
    await writeFile(tempPath, text.replace(from, to));
  };
  const error: unknown = await snapshot
    .rewrite({ ...rewriteOptions, beforeRename: damage })
    .catch((e: unknown) => e);
  expect(error).toBeInstanceOf(RowtrailError);
  expect(error).toMatchObject({
    code: 'type_mismatch',
    category: ErrorCategory.DATA_CORRUPTION,
    file: path,
    line: 3,
    column: 2,
    rowId: '2',
  });
  expect(await readFile(path, 'utf8')).toBe(CONTENT);
  expect(await filesBeside(path)).toEqual(['people.csv']);
});

it('does not let a truncated file through', async () => {
  const path = await csvAlone('truncated');
  await using snapshot = await CsvSnapshot.open(path);
  const cut = async (tempPath: string) => {
    const text = await readFile(tempPath, 'utf8');
    await writeFile(tempPath, text.slice(0, -2));
  };
  await expect(snapshot.rewrite({ ...rewriteOptions, beforeRename: cut })).rejects.toMatchObject({
    code: 'write_failed',
  });
  expect(await readFile(path, 'utf8')).toBe(CONTENT);
});

const run = promisify(execFile);

async function rewriteAsOrdinaryUser(path: string): Promise<string> {
  const { stdout } = await run(process.execPath, [CHILD, path, 'once'], { cwd: '/' });
  return stdout;
}

it('does not replace a CSV that is write-protected, or in a folder that is', async () => {
  await chmod(folder.path, 0o755);
  const path = await csvAlone('protected');
  await chmod(dirname(path), 0o777);
  await chmod(path, 0o444);
  expect(await rewriteAsOrdinaryUser(path)).toBe('csv_not_writable');
  await chmod(path, 0o666);
  await chmod(dirname(path), 0o555);
  expect(await rewriteAsOrdinaryUser(path)).toBe('csv_not_writable');
  expect(await readFile(path, 'utf8')).toBe(CONTENT);
  expect(await filesBeside(path)).toEqual(['people.csv']);
  await chmod(dirname(path), 0o777);
  expect(await rewriteAsOrdinaryUser(path)).toBe('written');
});

it('leaves the CSV as it was when writing stops half way', async () => {
  const rows = Array.from(
    { length: 20_000 },
    (_, row) => `${row + 10},INTJ,https://youtu.be/aaaaaaaaaaa\r\n`,
  ).join('');
  const path = await csvAlone('half way', CONTENT + rows);
  const limited = ['-c', 'ulimit -f 100; exec "$0" "$@"', process.execPath, CHILD, path, 'once'];
  await chmod(dirname(path), 0o777);
  await chmod(path, 0o666);
  const { stdout } = await run('/bin/sh', limited, { cwd: '/' });
  expect(stdout).toBe('write_failed');
  expect(await readFile(path, 'utf8')).toBe(CONTENT + rows);
  expect(await filesBeside(path)).toEqual(['people.csv']);
});

it.each([
  ['ENOSPC', 'disk_full'],
  ['EDQUOT', 'disk_full'],
  ['EACCES', 'csv_not_writable'],
  ['EROFS', 'csv_not_writable'],
  ['EBUSY', 'csv_not_writable'],
  ['EIO', 'write_failed'],
])('reports %s as %s', (errno, code) => {
  const error = Object.assign(new Error('from the system'), { code: errno });
  expect(writeError(error, 'people.csv')).toMatchObject({ code, file: 'people.csv', cause: error });
});

it('keeps the CSV whole through kill -9 at any moment, and clears what was left', async () => {
  const rows = Array.from(
    { length: 3000 },
    (_, row) => `${row + 10},INTJ,https://youtu.be/aaaaaaaaaaa\r\n`,
  ).join('');
  const path = await csvAlone('killed', CONTENT + rows);
  await chmod(path, 0o640);
  for (let round = 0; round < 10; round++) {
    const child = spawn(process.execPath, [CHILD, path, 'forever'], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
    child.kill('SIGKILL');
    await once(child, 'close');
    await using snapshot = await CsvSnapshot.open(path);
    expect(snapshot.index.rowCount).toBe(3002);
    expect(snapshot.index.missingTrackingColumns).toEqual([]);
    const last = await snapshot.readRow(3001);
    expect(last).toMatchObject({
      context: { rowId: '3009', type: 'INTJ' },
      tracking: { youtube_status: 'pending' },
    });
    expect((await snapshot.readRow(0)).tracking.youtube_files).toMatch(/^round-\d+\.mp4$/);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
  }
  await folder.file('left behind', join('killed', '.people.csv.rowtrail-0123456789abcdef.tmp'));
  await folder.file('not ours', join('killed', '.people.csv.rowtrail-note.tmp'));
  expect(await new AbandonedTemps(path).remove()).toBeGreaterThanOrEqual(1);
  expect((await filesBeside(path)).toSorted()).toEqual(['.people.csv.rowtrail-note.tmp', 'people.csv']);
});
