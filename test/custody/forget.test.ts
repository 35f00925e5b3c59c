import { link, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAttempt } from '../../src/files/index.ts';
import {
  findFile,
  forgetRow,
  getDownloadStatusSummary,
  repairDownloads,
  resetDownloadStatus,
  verifyDownloads,
  whyRow,
} from '../../src/index.ts';
import { type AttemptRecord, openSqliteLedger } from '../../src/ledger/index.ts';
import { lendTracker, withTracker } from '../../src/tracker/index.ts';
import { openRunLog } from '../../src/workflow/reporting/run-log.ts';
import {
  afterRun,
  earlierSidecar,
  type Home,
  type Medium,
  nameOf,
  NOW,
  put,
  rowOf,
  sidecarNameOf,
  videoLink,
} from './fixtures.ts';

const ADA: Medium = { rowId: '001', mediaId: 'aaaaaaaaaaa', content: 'the engine' };
const SAID: Medium = { rowId: '001', mediaId: 'aaaaaaaaaaa', content: 'what she said', kind: 'transcript' };
const BOB: Medium = { rowId: '002', mediaId: 'bbbbbbbbbbb', content: 'the hammer' };
const DORA: Medium = { rowId: '001', mediaId: 'ddddddddddd', content: 'a file', kind: 'file' };
const ALL = [ADA, SAID, BOB, DORA];

const dirs = (home: Home) => ({ youtubeDir: home.youtube, driveDir: home.drive });
const forget = (home: Home, rowId = '001', apply = true) =>
  forgetRow(rowId, home.csv, { ...dirs(home), apply });
const beside = (home: Home) => join(home.folder, '.rowtrail', 'people.csv');

/** Files below a folder, but the CSV, whose bytes hold a text. */
async function holding(home: Home, text: string): Promise<string[]> {
  const entries = await readdir(home.folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const found = await Promise.all(
    paths.map(async (path) => ((await readFile(path)).includes(text) ? path : null)),
  );
  return found.filter((path) => path !== null && path !== home.csv).map((path) => basename(path ?? ''));
}

/** A log of a run, a repair and a damaged ledger, as they lie beside a ledger after some months. */
async function withHistory(home: Home): Promise<void> {
  const log = (rowId: string, message: string) => JSON.stringify({ row_id: rowId, message });
  await put(
    join(beside(home), 'runs', '2026-11-01T00-00-00.log'),
    `${log('001', 'x')}\n${log('002', 'y')}\n${log('', 'Person 001 was here')}\n`,
  );
  await put(join(beside(home), 'ledger.db.damaged-2026'), 'SQLite ... p001@example.org ...');
  await resetDownloadStatus('001', 'youtube', home.csv);
}

describe('forget', () => {
  it('says first what it would remove, and removes nothing', async () => {
    const home = await afterRun(ALL);
    const before = await readdir(home.folder, { recursive: true });
    const said = await forget(home, '001', false);
    expect(said).toMatchObject({
      applied: false,
      left: null,
      names: ['Person 001'],
      line: 2,
      notSearched: [],
    });
    expect(said?.files.map(({ path }) => basename(path)).toSorted()).toEqual(
      [ADA, SAID, DORA].map(nameOf).toSorted(),
    );
    expect(said?.sidecars).toHaveLength(3);
    expect((await readdir(home.folder, { recursive: true })).toSorted()).toEqual(before.toSorted());
    expect(await whyRow('001', { csvPath: home.csv })).toMatchObject({ rowId: '001' });
  });

  it('leaves no byte of the person, and all of everybody else', async () => {
    const home = await afterRun(ALL);
    await withHistory(home);
    await repairDownloads(home.csv, { ...dirs(home), apply: true });
    const csv = await readFile(home.csv);
    expect((await holding(home, 'p001@example.org')).length).toBeGreaterThan(4);
    const done = await forget(home);
    expect(done).toMatchObject({ applied: true, left: [] });
    for (const text of ['p001@example.org', 'Person 001', '_row001_', '"001"'])
      expect(await holding(home, text)).toEqual([]);
    expect(await readFile(home.csv)).toEqual(csv);
    expect(await readFile(join(home.youtube, nameOf(BOB)), 'utf8')).toBe(BOB.content);
    expect((await findFile(nameOf(BOB), { csvPath: home.csv })).rows).toMatchObject([{ rowId: '002' }]);
    const log = await readFile(join(beside(home), 'runs', '2026-11-01T00-00-00.log'), 'utf8');
    expect(log).toBe('{"row_id":"002","message":"y"}\n');
    expect((await stat(join(beside(home), 'ledger.db-wal')).catch(() => ({ size: 0 }))).size).toBe(0);
    const backups = await readdir(join(beside(home), 'backups'));
    expect(backups.length).toBeGreaterThan(0);
    for (const name of backups)
      expect(await readFile(join(beside(home), 'backups', name), 'utf8')).toContain('p002@example.org');
    expect(await getDownloadStatusSummary(home.csv)).toMatchObject({ totalRows: 2 });
  });

  it('is done with when it is called again', async () => {
    const home = await afterRun(ALL);
    await forget(home);
    expect(await forget(home)).toMatchObject({
      files: [],
      sidecars: [],
      ledgerRecords: 0,
      beside: [],
      left: [],
    });
    await writeFile(home.csv, (await readFile(home.csv, 'utf8')).replace(/001,.*\r\n/, ''));
    expect(await forget(home)).toBeNull();
    expect(await forget(home, 'nobody')).toBeNull();
  });

  it('leaves the name of a file that another row shares', async () => {
    const home = await afterRun(ALL);
    await link(join(home.youtube, nameOf(ADA)), join(home.youtube, 'bbbbbbbbbbb-shared.mp4'));
    const both = join(home.youtube, nameOf(ADA));
    const shared = JSON.parse(await readFile(join(home.youtube, sidecarNameOf(BOB)), 'utf8')) as {
      files: object[];
    };
    shared.files.push({ name: nameOf(ADA), size: 10, sha256: 'a'.repeat(64) });
    await writeFile(join(home.youtube, sidecarNameOf(BOB)), JSON.stringify(shared));
    const done = await forget(home);
    expect(done?.kept).toEqual([{ path: both, why: 'another row has it, too' }]);
    expect(await readFile(both, 'utf8')).toBe(ADA.content);
    expect(await readFile(join(home.youtube, 'bbbbbbbbbbb-shared.mp4'), 'utf8')).toBe(ADA.content);
  });

  it('takes what earlier tools and cut-off attempts left of the row, and nothing of another person with its row_id', async () => {
    const home = await afterRun(ALL);
    await put(join(home.youtube, 'talk.mp4'), 'an old talk');
    await put(join(home.youtube, 'talk_metadata.json'), earlierSidecar('001'));
    const stranger = earlierSidecar('001').replaceAll(/Person 001|p001@/g, 'stranger@');
    await put(join(home.youtube, 'other_metadata.json'), stranger);
    const attempt = await openAttempt(home.youtube, {
      rowId: '001',
      downloadType: 'youtube',
      link: videoLink('aaaaaaaaaaa'),
    });
    await put(join(attempt.dir, 'half.part'), 'half');
    await attempt.close();
    const done = await forget(home);
    expect(done?.files.map(({ path }) => basename(path))).toContain('talk.mp4');
    expect(done?.staging).toHaveLength(1);
    expect(done?.kept.map(({ path }) => basename(path))).toEqual(['other_metadata.json']);
    expect(done?.left).toEqual([]);
    const names = await readdir(home.youtube);
    expect(names.toSorted()).toEqual([nameOf(BOB), sidecarNameOf(BOB), 'other_metadata.json'].toSorted());
  });

  it('is not undone when the ledger is made anew', async () => {
    const home = await afterRun(ALL);
    const run = '2026-11-01T00-00-00';
    const log = await openRunLog(join(beside(home), 'runs'), run);
    await withTracker(home.csv, async (tracker) => {
      const ledger = await tracker.ledger();
      for (const { rowId } of [ADA, BOB]) {
        const row = await ledger.row(rowId);
        const state = row?.downloads.youtube;
        if (row === null || state === undefined) throw new Error(`no row ${rowId}`);
        const record: AttemptRecord = {
          row,
          downloadType: 'youtube',
          link: state.link,
          generation: state.generation,
          lease: null,
          startedAt: NOW.toISOString(),
          endedAt: NOW.toISOString(),
          items: [],
          outcome: {
            status: 'failed',
            cause: 'timeout',
            category: 'network',
            message: 'secret words',
            permanent: false,
            notBefore: null,
            scope: 'full',
          },
          folder: home.youtube,
          runId: run,
        };
        log.recorded(record, await tracker.record(record));
      }
    });
    await log.close();
    await resetDownloadStatus('001', 'youtube', home.csv);
    expect(await holding(home, '"row_id":"001"')).not.toEqual([]);
    expect(await forget(home)).toMatchObject({ left: [] });
    expect(await holding(home, '"row_id":"001"')).toEqual([]);
    for (const end of ['', '-wal', '-shm']) await rm(join(beside(home), `ledger.db${end}`), { force: true });
    const other = await whyRow('002', { csvPath: home.csv, ...dirs(home) });
    expect(other?.downloads[0]?.timeline).toMatchObject([{ message: 'secret words' }]);
    const story = await whyRow('001', { csvPath: home.csv, ...dirs(home) });
    expect(story?.downloads.flatMap(({ timeline, items }) => [...timeline, ...items])).toEqual([]);
    expect(JSON.stringify(story)).not.toContain('secret words');
    expect((await findFile(nameOf(ADA), { csvPath: home.csv, cwd: home.folder })).rows).toEqual([]);
  });

  it('says what it did not search for, because somebody else has it as well', async () => {
    const home = await afterRun(ALL);
    const csv = await readFile(home.csv, 'utf8');
    await writeFile(home.csv, csv.replace('p002@example.org', 'p001@example.org'));
    const done = await forget(home);
    expect(done).toMatchObject({ notSearched: ['p001@example.org'], left: [] });
  });

  it('never follows a path that a cell or a ledger invents', async () => {
    const home = await afterRun(ALL);
    const outside = await put(join(home.folder, 'outside.txt'), 'mine');
    const csv = await readFile(home.csv, 'utf8');
    await writeFile(home.csv, csv.replace(nameOf(ADA), '../outside.txt'));
    await forget(home);
    expect(await readFile(outside, 'utf8')).toBe('mine');
  });

  it('is refused while a run works', async () => {
    const home = await afterRun(ALL);
    await using lent = await lendTracker(home.csv);
    await using lock = await lent.tracker.tryRunLock();
    expect(lock).not.toBeNull();
    await expect(forget(home)).rejects.toMatchObject({ code: 'locked' });
    await expect(stat(join(home.youtube, nameOf(ADA)))).resolves.toBeDefined();
  });

  it('tells the truth where another process reads the ledger meanwhile', async () => {
    const home = await afterRun(ALL);
    const ledger = await openSqliteLedger(join(beside(home), 'ledger.db'));
    try {
      await ledger.row('001');
      const done = await forget(home);
      const found = await holding(home, 'p001@example.org');
      expect((done?.left ?? []).map((path) => basename(path))).toEqual(found);
    } finally {
      await ledger.close();
    }
  });

  it('leaves nothing that verify would call wrong but the row that says completed', async () => {
    const home = await afterRun(ALL);
    await forget(home);
    const { findings } = await verifyDownloads(home.csv, dirs(home));
    expect(new Set(findings.map(({ rowId }) => rowId))).toEqual(new Set([rowOf('001').rowId]));
  });
});
