import { copyFile, mkdir, readdir, readFile, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { backupCsv } from '../../src/csv/index.ts';
import {
  DownloadResult,
  getDownloadStatusSummary,
  RowContext,
  updateCsvDownloadStatus,
} from '../../src/index.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder();
const NOON = Date.UTC(2026, 10, 22, 12);

it('copies the CSV byte by byte, under its name and the time', async () => {
  const content = Buffer.from('\uFEFFrow_id;type\r\n007;"\u00E9\r\n"\r', 'latin1');
  const path = await folder.file(content, 'people.csv');
  const backup = await backupCsv(path, join(folder.path, 'made', 'on', 'demand'), { now: new Date(NOON) });
  expect(basename(backup)).toBe('people.2026-11-22T12-00-00-000Z.csv');
  expect(await readFile(backup)).toEqual(content);
});

it('keeps the last ten, and other files beside them', async () => {
  const path = await folder.file('version 0', 'many.csv');
  const backups = join(folder.path, 'ten');
  for (let version = 1; version <= 12; version++) {
    await folder.file(`version ${version}`, 'many.csv');
    await backupCsv(path, backups, { now: new Date(NOON + version * 1000) });
    await folder.file('of another CSV', join('ten', 'many.other.csv'));
  }
  const names = (await readdir(backups)).toSorted();
  expect(names).toHaveLength(11);
  expect(names).toContain('many.other.csv');
  expect(await readFile(join(backups, names[0] ?? ''), 'utf8')).toBe('version 3');
});

it('never overwrites a backup of the same moment, and drops the older of them first', async () => {
  const path = await folder.file('first', 'moment.csv');
  const backups = join(folder.path, 'moment');
  const one = await backupCsv(path, backups, { now: new Date(NOON) });
  await folder.file('second', 'moment.csv');
  const two = await backupCsv(path, backups, { now: new Date(NOON), keep: 2 });
  expect(await readFile(one, 'utf8')).toBe('first');
  expect(await readFile(two, 'utf8')).toBe('second');
  await backupCsv(path, backups, { now: new Date(NOON + 1), keep: 2 });
  expect(await readdir(backups)).not.toContain(basename(one));
  expect(await readdir(backups)).toContain(basename(two));
});

it('clears what a crash left half copied', async () => {
  const path = await folder.file('whole', 'crash.csv');
  const backups = join(folder.path, 'crash');
  await backupCsv(path, backups, { now: new Date(NOON) });
  await folder.file('ha', join('crash', '.crash.2026-11-22T11-00-00-000Z.csv.tmp'));
  await backupCsv(path, backups, { now: new Date(NOON + 1) });
  expect((await readdir(backups)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

it('refuses a CSV that is not there, and leaves no file', async () => {
  const backups = join(folder.path, 'nothing');
  const missing = join(folder.path, 'missing.csv');
  await expect(backupCsv(missing, backups, { now: new Date(NOON) })).rejects.toMatchObject({
    code: 'file_missing',
    file: missing,
  });
  expect(await readdir(backups)).toEqual([]);
});

it('is restored by copying it: what was recorded since is written again, unless the ledger goes, too', async () => {
  const before = 'row_id,type,youtube_playlist\r\n1,INTJ,https://youtu.be/aaaaaaaaaaa\r\n2,ENFP,-\r\n';
  await mkdir(join(folder.path, 'restored'));
  const path = await folder.file(before, join('restored', 'people.csv'));
  const beside = join(folder.path, 'restored', '.rowtrail', 'people.csv');
  const rowContext = new RowContext({ rowId: '1', rowIndex: 0, type: 'INTJ', name: '', email: '' });
  const result = new DownloadResult({
    success: true,
    filesDownloaded: ['a.mp4'],
    mediaId: 'aaaaaaaaaaa',
    errorMessage: null,
    metadataFile: null,
    rowContext,
  });
  await updateCsvDownloadStatus(0, 'youtube', result, path);
  const written = await readFile(path, 'utf8');
  const [name = ''] = await readdir(join(beside, 'backups'));

  await copyFile(join(beside, 'backups', name), path);
  expect(await readFile(path, 'utf8')).toBe(before);
  expect(await getDownloadStatusSummary(path)).toMatchObject({ youtube: { completed: 1, pending: 0 } });
  expect(await readFile(path, 'utf8')).toBe(written);

  await copyFile(join(beside, 'backups', name), path);
  const ledger = (await readdir(beside)).filter((file) => file.startsWith('ledger.db'));
  for (const file of ledger) await unlink(join(beside, file));
  expect(await getDownloadStatusSummary(path)).toMatchObject({ youtube: { completed: 0, pending: 1 } });
  expect(await readFile(path, 'utf8')).toBe(before);
});
