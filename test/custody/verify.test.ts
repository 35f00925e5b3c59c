import {
  appendFile,
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  getDownloadStatusSummary,
  repairDownloads,
  resetDownloadStatus,
  undoRepair,
  type Verification,
  verifyDownloads,
} from '../../src/index.ts';
import { lendTracker } from '../../src/tracker/index.ts';
import {
  afterRun,
  earlierSidecar,
  type Home,
  homeOf,
  type Medium,
  nameOf,
  put,
  putMedium,
  recordAll,
  sidecarNameOf,
  sidecarText,
} from './fixtures.ts';

const ADA: Medium = { rowId: '001', mediaId: 'aaaaaaaaaaa', content: 'the engine' };
const SAID: Medium = { rowId: '001', mediaId: 'aaaaaaaaaaa', content: 'what she said', kind: 'transcript' };
const BOB: Medium = { rowId: '002', mediaId: 'bbbbbbbbbbb', content: 'the hammer' };
const DORA: Medium = { rowId: '004', mediaId: 'ddddddddddd', content: 'a file', kind: 'file' };
const ALL = [ADA, SAID, BOB, DORA];

const dirs = (home: Home) => ({ youtubeDir: home.youtube, driveDir: home.drive });
const look = (home: Home, hash = false) => verifyDownloads(home.csv, { ...dirs(home), hash });
const mend = (home: Home) => repairDownloads(home.csv, { ...dirs(home), apply: true });
const kinds = ({ findings }: Pick<Verification, 'findings'>) =>
  findings.map(({ kind, path, rowId }) => [kind, path === null ? rowId : basename(path)].join(' '));
const fileOf = (home: Home, medium: Medium) =>
  join(medium.kind === 'file' ? home.drive : home.youtube, nameOf(medium));
const sidecarOf = (home: Home, medium: Medium) =>
  join(medium.kind === 'file' ? home.drive : home.youtube, sidecarNameOf(medium));

/** Every file below a folder but the ledgers, with its content. */
async function everything(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('.rowtrail'));
  return Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')));
}

describe('verify', () => {
  it('finds nothing where everything fits, and reads nothing twice', async () => {
    const home = await afterRun(ALL);
    expect(await look(home)).toMatchObject({ files: 4, sidecars: 4, read: 4, findings: [] });
    expect(await look(home)).toMatchObject({ read: 0, findings: [] });
    expect(await look(home, true)).toMatchObject({ read: 4, findings: [] });
  });

  it('makes nothing beside a CSV that nobody has worked on', async () => {
    const home = await homeOf([ADA]);
    expect(await look(home)).toMatchObject({ files: 0, findings: [] });
    expect(await readdir(home.folder)).toEqual(['people.csv']);
  });

  it('tells missing, truncated, changed and unknown files apart', async () => {
    const home = await afterRun(ALL);
    await rm(fileOf(home, ADA));
    await truncate(fileOf(home, SAID), 3);
    await appendFile(fileOf(home, BOB), 'x');
    await writeFile(fileOf(home, DORA), 'b file');
    await put(join(home.drive, 'nobody knows.txt'), 'me');
    expect(kinds(await look(home))).toEqual([
      `missing_file ${nameOf(ADA)}`,
      `truncated_file ${nameOf(SAID)}`,
      `changed_file ${nameOf(DORA)}`,
      `changed_file ${nameOf(BOB)}`,
      'orphaned_file nobody knows.txt',
    ]);
  });

  it('tells sidecars apart: gone, broken, of rows that are gone, of another type, newer, without their file', async () => {
    const home = await afterRun(ALL, ['007']);
    await rm(sidecarOf(home, ADA));
    await writeFile(sidecarOf(home, BOB), '{"source_csv');
    await putMedium(home.youtube, { ...ADA, rowId: '099' });
    const other = sidecarText({ ...ADA, rowId: '007' });
    await put(
      join(home.youtube, 'other_metadata.json'),
      other.replace('T #007', 'T #008').replaceAll('.mp4', '.mkv'),
    );
    await put(
      join(home.youtube, 'newer_metadata.json'),
      other.replace('"format_version": 1', '"format_version": 9'),
    );
    await put(join(home.youtube, 'foreign_metadata.json'), '{"format": 1}');
    await put(join(home.youtube, 'lone_metadata.json'), other);
    await put(join(home.youtube, 'broken_metadata.json'), 'no JSON');
    expect(kinds(await look(home))).toEqual([
      `missing_sidecar ${sidecarNameOf(ADA)}`,
      `broken_sidecar ${sidecarNameOf(BOB)}`,
      'broken_sidecar broken_metadata.json',
      'newer_sidecar newer_metadata.json',
      `orphaned_sidecar ${sidecarNameOf({ ...ADA, rowId: '099' })}`,
      'orphaned_sidecar other_metadata.json',
      'sidecar_without_file lone_metadata.json',
    ]);
  });

  it('tells rows apart that say completed without proof, and proof without a row that says so', async () => {
    const home = await homeOf([ADA, BOB, DORA]);
    await recordAll(home, [ADA]);
    await putMedium(home.youtube, BOB);
    const csv = await readFile(home.csv, 'utf8');
    await put(join(home.drive, 'a.bin'), 'anything');
    await writeFile(home.csv, csv.replace(/(004,.*?),,,,(pending)?,,,,/, '$1,,,,completed,a.bin,x,,'));
    expect(kinds(await look(home))).toEqual([
      'completed_without_proof a.bin',
      `proof_without_row ${nameOf(BOB)}`,
    ]);
  });

  it('says that two sidecars claim one file, and mends nothing of it', async () => {
    const home = await afterRun([ADA], ['002']);
    const claim = sidecarText(ADA).replace('"001"', '"002"').replace('T #001', 'T #002');
    await put(join(home.youtube, 'second_metadata.json'), claim);
    const { findings } = await look(home);
    const found = findings.find(({ kind }) => kind === 'contradicting_sidecars');
    expect(found).toMatchObject({
      repair: null,
      message: expect.stringMatching(/\(row 001\) and second_metadata.json \(row 002\)/),
    });
  });

  it('follows no symbolic links to folders, also when they lead in a circle', async () => {
    const home = await afterRun([ADA]);
    await symlink('.', join(home.youtube, 'again'));
    await symlink('two', join(home.youtube, 'one'));
    await symlink('one', join(home.youtube, 'two'));
    expect(kinds(await look(home))).toEqual(['odd_link again', 'odd_link one', 'odd_link two']);
  });

  it('leaves alone what belongs to another CSV that shares the folder', async () => {
    const home = await afterRun([ADA]);
    const other = { ...home, csv: join(home.folder, 'more.csv') };
    await copyFile((await homeOf([BOB])).csv, other.csv);
    await recordAll(other, [BOB]);
    expect(kinds(await look(home))).toEqual([]);
    expect(kinds(await look(other))).toEqual([]);
  });

  it('says that a file changes while it is read', async () => {
    const home = await afterRun([{ ...ADA, content: 'x'.repeat(64 << 20) }]);
    const path = fileOf(home, ADA);
    let going = true;
    const writer = (async () => {
      for (let n = 0; going; n++) {
        const file = await open(path, 'r+');
        await file.write(String(n % 10), 0);
        await file.close();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    const { findings } = await look(home, true);
    going = false;
    await writer;
    expect(findings).toMatchObject([
      { kind: 'unreadable_file', message: expect.stringContaining('somebody writes into it'), repair: null },
    ]);
  });
});

describe('a look at all bytes that was interrupted', () => {
  it('goes on where it was', async () => {
    const media = Array.from({ length: 300 }, (_, n) => ({
      rowId: String(n),
      mediaId: `media${String(n).padStart(6, '0')}`,
      content: `content ${n}`,
    }));
    const home = await homeOf(media);
    await recordAll(home, media);
    await look(home);
    const stop = new AbortController();
    const first = verifyDownloads(home.csv, {
      ...dirs(home),
      hash: true,
      threads: 1,
      signal: stop.signal,
      onProgress: ({ files }) => files >= 100 && stop.abort(),
    });
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    const { read, readBefore, findings } = await look(home, true);
    expect(findings).toEqual([]);
    expect(readBefore).toBeGreaterThanOrEqual(100);
    expect(read + readBefore).toBe(300);
    expect(await look(home, true)).toMatchObject({ read: 300, readBefore: 0 });
  });
});

describe('verify --repair', () => {
  it('only says what it would do, until it is told to', async () => {
    const home = await afterRun(ALL);
    await rename(fileOf(home, ADA), join(home.youtube, 'mine.mp4'));
    const before = await everything(home.folder);
    const { steps, applied } = await repairDownloads(home.csv, dirs(home));
    expect([applied, steps.map(({ step }) => step.do)]).toEqual([false, ['rename']]);
    expect(await everything(home.folder)).toEqual(before);
  });

  it('gives a renamed or moved file its name back, with its sidecar', async () => {
    const home = await afterRun(ALL);
    await rename(fileOf(home, ADA), join(home.youtube, 'mine.mp4'));
    await mkdir(join(home.youtube, 'sorted'));
    for (const name of [nameOf(BOB), sidecarNameOf(BOB)])
      await rename(join(home.youtube, name), join(home.youtube, 'sorted', name));
    expect(kinds(await look(home))).toEqual([`misnamed_file ${nameOf(ADA)}`, `misnamed_file ${nameOf(BOB)}`]);
    const { steps } = await mend(home);
    expect(steps.map(({ problem }) => problem)).toEqual([null, null]);
    expect(kinds(await look(home))).toEqual([]);
    expect(await undoRepair(home.csv, dirs(home))).toHaveLength(2);
    expect(kinds(await look(home))).toEqual([`misnamed_file ${nameOf(ADA)}`, `misnamed_file ${nameOf(BOB)}`]);
    expect(await undoRepair(home.csv, dirs(home))).toBeNull();
  });

  it('makes a row pending again whose file is gone, for that file alone, and takes it back', async () => {
    const home = await afterRun(ALL);
    await rm(fileOf(home, ADA));
    await mend(home);
    const cells = await readFile(home.csv, 'utf8');
    expect(cells).toContain(`pending,"${nameOf(SAID)}",`);
    expect((await getDownloadStatusSummary(home.csv)).youtube).toMatchObject({ pending: 1, completed: 1 });
    expect(kinds(await look(home))).toEqual([]);
    await undoRepair(home.csv, dirs(home));
    expect((await getDownloadStatusSummary(home.csv)).youtube).toMatchObject({ pending: 0, completed: 2 });
    expect(kinds(await look(home))).toEqual([`missing_file ${nameOf(ADA)}`]);
  });

  it("takes a lost file from another row's copy", async () => {
    const twin = { ...BOB, rowId: '003', content: ADA.content };
    const home = await afterRun([ADA, twin]);
    await rm(fileOf(home, ADA));
    expect((await mend(home)).steps).toMatchObject([{ step: { do: 'copy' }, problem: null }]);
    expect(await readFile(fileOf(home, ADA), 'utf8')).toBe(ADA.content);
    expect(kinds(await look(home))).toEqual([]);
    await undoRepair(home.csv, dirs(home));
    expect(kinds(await look(home))).toEqual([`missing_file ${nameOf(ADA)}`]);
  });

  it('writes sidecars again from the ledger, and sets a broken one aside', async () => {
    const home = await afterRun(ALL);
    await rm(sidecarOf(home, ADA));
    await writeFile(sidecarOf(home, BOB), '{"half');
    await mend(home);
    expect(kinds(await look(home))).toEqual([`orphaned_file ${sidecarNameOf(BOB)}.broken`]);
    expect(JSON.parse(await readFile(sidecarOf(home, ADA), 'utf8'))).toMatchObject({
      source_csv_row_id: '001',
      media_id: ADA.mediaId,
      files: [{ name: nameOf(ADA) }],
    });
    await undoRepair(home.csv, dirs(home));
    expect(await readFile(sidecarOf(home, BOB), 'utf8')).toBe('{"half');
  });

  it('takes whole files into a row that does not know of them', async () => {
    const home = await homeOf([ADA, BOB]);
    await recordAll(home, [ADA]);
    await putMedium(home.youtube, BOB);
    expect((await mend(home)).steps).toMatchObject([{ step: { do: 'take_in' }, problem: null }]);
    expect(await readFile(home.csv, 'utf8')).toContain(`completed,${nameOf(BOB)},${BOB.mediaId}`);
    expect(kinds(await look(home))).toEqual([]);
    await undoRepair(home.csv, dirs(home));
    expect((await getDownloadStatusSummary(home.csv)).youtube).toMatchObject({ pending: 1, completed: 1 });
  });

  it('makes a row pending again of which only the CSV says that it was completed', async () => {
    const home = await homeOf([DORA]);
    await recordAll(home, []);
    await writeFile(
      home.csv,
      (await readFile(home.csv, 'utf8'))
        .replace('google_drive', 'google_drive,drive_status,drive_files')
        .replace(/(view)/, '$1,completed,gone.bin'),
    );
    await mend(home);
    expect((await getDownloadStatusSummary(home.csv)).drive).toMatchObject({ pending: 1, completed: 0 });
    await undoRepair(home.csv, dirs(home));
    expect(await readFile(home.csv, 'utf8')).toContain('completed,gone.bin');
  });

  it('leaves the files of an earlier generation alone', async () => {
    const home = await afterRun(ALL);
    await resetDownloadStatus('001', 'youtube', home.csv);
    expect(kinds(await look(home))).toEqual([]);
  });

  it('knows the files of earlier tools as claimed', async () => {
    const home = await homeOf([ADA]);
    await put(join(home.youtube, 'clip_row001_T-num001_metadata.json'), earlierSidecar('001'));
    await put(join(home.youtube, 'clip_row001_T-num001.mp4'), 'old');
    expect(kinds(await look(home))).toEqual([]);
  });

  it('is refused while a run works', async () => {
    const home = await afterRun(ALL);
    await using lent = await lendTracker(home.csv);
    await using lock = await lent.tracker.tryRunLock();
    expect(lock).not.toBeNull();
    await expect(mend(home)).rejects.toMatchObject({ code: 'locked' });
  });
});
