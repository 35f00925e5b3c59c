import {
  copyFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import {
  findFile,
  repairDownloads,
  resetDownloads,
  undoRepair,
  verifyDownloads,
  whyRow,
} from '../../src/index.ts';
import { csvFile, readCells } from '../tracker/fixtures.ts';
import { startTestInternet } from '../support/internet.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { file as driveLink, video, workOn } from '../workflow/fixtures.ts';
import {
  afterRun,
  type Home,
  homeOf,
  type Medium,
  nameOf,
  put,
  recordAll,
  sha256,
  sidecarNameOf,
  sidecarText,
} from './fixtures.ts';

const ADA: Medium = { rowId: '001', mediaId: 'aaaaaaaaaaa', content: 'the engine' };
const BOB: Medium = { rowId: '002', mediaId: 'bbbbbbbbbbb', content: 'the hammer' };
const dirs = (home: Pick<Home, 'youtube' | 'drive'>) => ({ youtubeDir: home.youtube, driveDir: home.drive });

/** What stands in a folder, but for what rowtrail keeps beside its ledger. */
async function contentOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const kept = paths.filter((path) => !path.includes('.rowtrail'));
  return Object.fromEntries(
    await Promise.all(
      kept.toSorted().map(async (path) => [path.slice(folder.length), sha256(await readFile(path))]),
    ),
  );
}

describe('a download folder on another file system than the CSV and the ledger', () => {
  let internet: Internet;
  beforeAll(async () => {
    internet = await startTestInternet();
    internet.youtube.addVideo({
      id: 'elsewhere01',
      title: 'Elsewhere',
      captions: [{ lang: 'en', text: 'Far.' }],
    });
    internet.drive.addFile({
      id: '1ElsewhereFile0001',
      name: 'far.bin',
      body: { size: 700_000, seed: 5 },
      checksums: 'right',
    });
  });
  afterAll(() => internet.close());

  /** A folder in memory, which is a file system of its own where Linux has one. */
  async function elsewhere(): Promise<string> {
    const hasMemory = await stat('/dev/shm').then(
      (found) => found.isDirectory(),
      () => false,
    );
    const folder = await mkdtemp(join(hasMemory ? '/dev/shm' : tmpdir(), 'rowtrail-test-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    return folder;
  }

  it('is downloaded into, shared in, found in, verified, mended and taken back', async () => {
    const row = (id: string) =>
      `${id},P ${id},p${id}@x,T,${video('elsewhere01')},${driveLink('1ElsewhereFile0001')}`;
    const csv = await csvFile(['row_id,name,email,type,youtube_playlist,google_drive', row('1'), row('2')]);
    const far = await elsewhere();
    const given = { youtubeDir: join(far, 'videos'), driveDir: join(far, 'files') };
    expect((await stat(far)).dev !== (await stat(csv)).dev || !far.startsWith('/dev/shm')).toBe(true);
    const { summary } = await workOn(internet, csv, given);
    expect(summary.complete).toBe(true);
    const [one, two] = await readCells(csv);
    const name = one?.['drive_files'] ?? '';
    expect(name).not.toBe(two?.['drive_files']);
    const { rows } = await findFile(join(given.driveDir, name), { csvPath: csv });
    expect(rows.map(({ rowId, by }) => [rowId, by])).toEqual([
      ['1', 'path'],
      ['2', 'content'],
    ]);
    expect((await verifyDownloads(csv, { ...given, hash: true })).findings).toEqual([]);

    // Renamed, moved across the file systems, and deleted.
    await rename(join(given.driveDir, name), join(given.driveDir, 'other name.bin'));
    const lost = two?.['youtube_files']?.split(',')[0] ?? '';
    await rm(join(given.youtubeDir, lost));
    const sidecar =
      (await readdir(given.youtubeDir)).find((each) => /row1.*\.transcript_metadata\.json$/.test(each)) ?? '';
    await rm(join(given.youtubeDir, sidecar));
    const broken = await contentOf(far);
    const { steps } = await repairDownloads(csv, { ...given, apply: true });
    expect(steps.map(({ step, problem }) => [step.do, problem]).toSorted()).toEqual([
      ['copy', null],
      ['rename', null],
      ['write_sidecar', null],
    ]);
    expect((await verifyDownloads(csv, { ...given, hash: true })).findings).toEqual([]);
    const undone = await undoRepair(csv, given);
    expect(undone?.map(({ problem }) => problem)).toEqual([null, null, null]);
    expect(await contentOf(far)).toEqual(broken);
    await repairDownloads(csv, { ...given, apply: true });

    await resetDownloads(['1'], csv);
    expect((await workOn(internet, csv, given)).summary.complete).toBe(true);
    expect((await verifyDownloads(csv, { ...given, hash: true })).findings).toEqual([]);
    expect(
      (await readdir(far, { recursive: true })).filter((each) => /staging|rowtrail-(copy|new)/.test(each)),
    ).toEqual([]);
  });
});

describe('a row_id that two CSVs use which share one download folder', () => {
  /** Two people with the row_id 001, each in a CSV of their own, each with a file in the one folder. */
  async function both(): Promise<{ readonly home: Home; readonly other: Home; readonly theirs: Medium }> {
    const home = await afterRun([ADA]);
    const theirs = { ...ADA, mediaId: 'ccccccccccc', content: 'of the other one' };
    const other = { ...home, csv: join(home.folder, 'more.csv') };
    await copyFile((await homeOf([theirs])).csv, other.csv);
    await recordAll(other, [theirs]);
    const path = join(home.youtube, sidecarNameOf(theirs));
    await writeFile(path, (await readFile(path, 'utf8')).replace('"people.csv"', '"more.csv"'));
    return { home, other, theirs };
  }

  it('each is found as a row of its own CSV, and why asks which one is meant', async () => {
    const { home, theirs } = await both();
    for (const [medium, csv] of [
      [ADA, 'people.csv'],
      [theirs, 'more.csv'],
    ] as const) {
      const { rows } = await findFile(join(home.youtube, nameOf(medium)), { cwd: home.folder });
      expect(rows.map((row) => [row.rowId, basename(row.csv ?? '')])).toEqual([['001', csv]]);
    }
    await expect(whyRow('001', { cwd: home.folder })).rejects.toMatchObject({ code: 'ambiguous_row' });
  });

  it('verify finds nothing wrong, and what is wrong with one is not said of the other', async () => {
    const { home, other, theirs } = await both();
    for (const each of [home, other])
      expect((await verifyDownloads(each.csv, dirs(each))).findings).toEqual([]);
    await rename(join(home.youtube, nameOf(theirs)), join(home.youtube, 'renamed.mp4'));
    const { findings } = await verifyDownloads(home.csv, dirs(home));
    expect(findings.filter(({ repair }) => repair !== null)).toEqual([]);
    expect((await verifyDownloads(other.csv, dirs(other))).findings).toMatchObject([
      { kind: 'misnamed_file', rowId: '001' },
    ]);
  });

  it('repair takes nothing of the other, and can be taken back', async () => {
    const { home, other, theirs } = await both();
    await rm(join(home.youtube, nameOf(ADA)));
    const before = await contentOf(home.folder);
    const csv = await readFile(other.csv);
    const { steps } = await repairDownloads(home.csv, { ...dirs(home), apply: true });
    expect(steps.map(({ step }) => step.do)).toEqual(['pending_again']);
    expect(await readFile(other.csv)).toEqual(csv);
    expect(await readFile(join(home.youtube, nameOf(theirs)), 'utf8')).toBe(theirs.content);
    await undoRepair(home.csv, dirs(home));
    expect(await contentOf(home.folder)).toEqual(before);
  });

  it('a lost ledger is made anew of its own sidecars alone', async () => {
    const { home, theirs } = await both();
    const text = await readFile(home.csv, 'utf8');
    // Even where the row of this CSV lists what is the other's.
    await writeFile(home.csv, text.replace(nameOf(ADA), nameOf(theirs)));
    await rm(join(home.folder, '.rowtrail', 'people.csv'), { recursive: true });
    const story = await whyRow('001', { csvPath: home.csv, ...dirs(home) });
    expect(story?.downloads[0]).toMatchObject({ status: 'completed', items: [] });
  });
});

describe('what a person has to settle', () => {
  it('two sidecars that claim one file: find names both, repair touches neither', async () => {
    const home = await afterRun([ADA], ['002']);
    const claim = sidecarText(ADA).replace('"001"', '"002"').replace('T #001', 'T #002');
    await put(join(home.youtube, 'second_metadata.json'), claim);
    const before = await contentOf(home.folder);
    const { steps } = await repairDownloads(home.csv, { ...dirs(home), apply: true });
    expect(steps).toEqual([]);
    expect(await contentOf(home.folder)).toEqual(before);
    await rm(join(home.folder, '.rowtrail'), { recursive: true });
    const { rows, notes } = await findFile(join(home.youtube, nameOf(ADA)), { cwd: home.folder });
    expect(rows.map(({ rowId }) => rowId)).toEqual(['001', '002']);
    expect(notes).toEqual([expect.stringContaining('correct or remove the one that is wrong')]);
    // The ledger is made anew, and each row has what its own cells list.
    expect(await whyRow('002', { csvPath: home.csv, ...dirs(home) })).toMatchObject({ downloads: [] });
    const { findings } = await verifyDownloads(home.csv, dirs(home));
    expect(findings.map(({ kind }) => kind)).toEqual(['proof_without_row', 'contradicting_sidecars']);
    expect(findings.map(({ repair }) => repair)).toEqual([null, null]);
  });

  it('a sidecar with broken JSON says nothing, is named, and stops nobody', async () => {
    const home = await afterRun([ADA, BOB]);
    const torn = join(home.youtube, sidecarNameOf(ADA));
    await writeFile(torn, sidecarText(ADA).slice(0, -20));
    await put(join(home.youtube, 'bytes_metadata.json'), '\u0000\uFFFD{{{');
    await put(join(home.youtube, 'huge_metadata.json'), '['.repeat(5 << 20));
    await rm(join(home.folder, '.rowtrail'), { recursive: true });
    const copy = await put(join(home.folder, 'copy.mp4'), BOB.content);
    expect((await findFile(copy, { cwd: home.folder })).rows).toMatchObject([
      { rowId: '002', by: 'content' },
    ]);
    expect((await findFile(nameOf(ADA), { cwd: home.folder })).rows).toEqual([]);
    const { findings } = await verifyDownloads(home.csv, dirs(home));
    expect(
      findings.filter(({ kind }) => kind === 'broken_sidecar').map(({ path }) => basename(path ?? '')),
    ).toEqual(expect.arrayContaining([basename(torn), 'bytes_metadata.json']));
    expect(await whyRow('001', { csvPath: home.csv, ...dirs(home) })).toMatchObject({
      downloads: [{ status: 'completed' }],
    });
  });

  it('links that lead in a circle hold up neither repair nor a ledger that is made anew', async () => {
    const home = await afterRun([ADA]);
    await mkdir(join(home.youtube, 'deep'));
    await symlink('..', join(home.youtube, 'deep', 'up'));
    await symlink('loop', join(home.youtube, 'loop'));
    await symlink('loop_metadata.json', join(home.youtube, 'loop_metadata.json'));
    await rm(join(home.folder, '.rowtrail'), { recursive: true });
    await rename(join(home.youtube, nameOf(ADA)), join(home.youtube, 'deep', 'renamed.mp4'));
    const { steps, findings } = await repairDownloads(home.csv, { ...dirs(home), apply: true });
    expect(steps).toMatchObject([{ step: { do: 'rename' }, problem: null }]);
    expect(findings.map(({ kind }) => kind)).toContain('odd_link');
    expect(await readFile(join(home.youtube, nameOf(ADA)), 'utf8')).toBe(ADA.content);
  });

  it('a file that changes while it is hashed is answered for nobody', async () => {
    const home = await afterRun([ADA]);
    await rm(join(home.folder, '.rowtrail'), { recursive: true });
    const content = 'x'.repeat(64 << 20);
    const path = await put(join(home.folder, 'changing.mp4'), content);
    const twin = { ...ADA, rowId: '001', mediaId: 'ttttttttttt', content };
    await put(join(home.youtube, sidecarNameOf(twin)), sidecarText(twin));
    let going = true;
    const writer = (async () => {
      for (let n = 0; going; n++) {
        const file = await open(path, 'r+');
        await file.write(String(n % 10), 0);
        await file.close();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    await expect(findFile(path, { cwd: await tempFolder(), folders: [home.youtube] })).rejects.toMatchObject({
      code: 'file_changing',
    });
    going = false;
    await writer;
  });
});
