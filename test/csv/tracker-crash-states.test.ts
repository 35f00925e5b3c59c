import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { CsvSnapshot, readIdentity } from '../../src/csv/index.ts';
import { getDownloadStatusSummary } from '../../src/index.ts';
import { type AttemptRecord, type CsvMark, type Ledger, openSqliteLedger } from '../../src/ledger/index.ts';
import { withTracker } from '../../src/tracker/index.ts';
import { ChangeLog } from '../../src/tracker/change-log.ts';
import { markOf } from '../../src/tracker/mark.ts';
import { planProjection } from '../../src/tracker/projection.ts';
import { seeded } from '../tracker/torture/random.ts';
import { crashStates, type DiskOperation, type Folder, keyOf } from './support/disk-model.ts';
import { contentsOf, materialise } from './support/folder-contents.ts';
import { RecordingFileSystem } from './support/recording-file-system.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder();
const SEED = 20_261_123;
const NAME = 'people.csv';
const LEDGER = join('.rowtrail', NAME, 'ledger.db');
const TYPES = new Map([
  ['007', 'F, #1'],
  ['NA', 'MM'],
]);
const START: Folder = new Map([
  [
    NAME,
    {
      bytes: Buffer.from(
        'row_id,type,youtube_playlist,mine\r\n007,"F, #1",https://youtu.be/aaaaaaaaaaa,1.10\r\nNA,MM,https://youtu.be/bbbbbbbbbbb,\r\n3,FM,-,""',
      ),
      mode: 0o640,
    },
  ],
]);

/** What a run does with its ledger, one after the other; each is in the CSV before the next. */
const RESULTS: readonly ((ledger: Ledger) => Promise<unknown>)[] = [
  (ledger) => ledger.record(attempt('007', 'a.mp4')),
  async (ledger) => {
    await ledger.record(attempt('NA', null));
    await ledger.record(attempt('007', 'again.mp4'));
  },
  (ledger) => ledger.reset(rowOf('007'), 'youtube', 'https://youtu.be/aaaaaaaaaaa'),
];

const rowOf = (rowId: string) => ({ rowId, type: TYPES.get(rowId) ?? '', name: '', email: '' });

function attempt(rowId: string, path: string | null): AttemptRecord {
  return {
    row: rowOf(rowId),
    downloadType: 'youtube',
    link: null,
    generation: null,
    lease: null,
    startedAt: '2026-11-22T10:00:00.000Z',
    endedAt: '2026-11-22T10:00:01.000Z',
    items:
      path === null
        ? []
        : [
            {
              kind: 'video',
              position: 0,
              mediaId: 'aaaaaaaaaaa',
              title: null,
              sourceUrl: '',
              files: [{ path, size: 1, sha256: '' }],
              metadataFile: null,
              failure: null,
            },
          ],
    outcome: {
      status: path === null ? 'failed' : 'completed',
      cause: path === null ? 'unknown' : null,
      category: path === null ? 'system' : null,
      message: path === null ? 'it, "broke"' : null,
      permanent: false,
      notBefore: null,
      scope: 'full',
    },
    folder: null,
    runId: null,
  };
}

/** The CSV as it was at a moment, and the mark by which a ledger knows that file again. */
interface Version {
  readonly bytes: string;
  readonly mark: CsvMark;
}

/** A ledger as it was after a commit, and what the disk may have done since the folder was durable for the last time. */
interface Moment {
  readonly ledger: string;
  readonly csvMark: CsvMark | null;
  readonly before: Folder;
  readonly operations: readonly DiskOperation[];
  /** The CSVs that may stand there, and the one that must when the next command has ended. */
  readonly versions: readonly Version[];
  readonly wanted: string;
}

async function versionOf(csv: string): Promise<Version> {
  const identity = await readIdentity(csv);
  assert(identity !== null);
  return { bytes: await readFile(csv, 'latin1'), mark: markOf(identity) };
}

/** The ledger's files as they are; nothing writes them meanwhile. */
async function copyLedger(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const names = (await readdir(dirname(from))).filter((name) => /^ledger\.db(-wal)?$/.test(name));
  for (const name of names) await copyFile(join(dirname(from), name), join(dirname(to), name));
}

/** Records and projects, and keeps each state of the ledger that a loss of power may find. */
async function recordMoments(): Promise<readonly Moment[]> {
  const path = join(folder.path, 'run');
  const csv = join(path, NAME);
  await materialise(path, START);
  await mkdir(join(path, dirname(LEDGER)), { recursive: true });
  const ledger = await openSqliteLedger(join(path, LEDGER));
  const moments: Moment[] = [];
  const keep = async (rest: Omit<Moment, 'ledger' | 'csvMark'>) => {
    const copy = join(folder.path, `ledger-${moments.length}`, 'ledger.db');
    await copyLedger(join(path, LEDGER), copy);
    moments.push({ ...rest, ledger: copy, csvMark: await ledger.csvMark() });
  };
  try {
    for (const recordResult of RESULTS) {
      const before = await contentsOf(path);
      const old = await versionOf(csv);
      await recordResult(ledger);
      const first = moments.length;
      await keep({ before, operations: [], versions: [old], wanted: '' });

      const fileSystem = new RecordingFileSystem();
      await using snapshot = await CsvSnapshot.open(csv);
      const foreign = (await ledger.csvMark()) !== markOf(snapshot.index.identity);
      const changes = new ChangeLog({ runs: join(folder.path, 'changes') });
      const plan = await planProjection(snapshot, ledger, { foreign, cursor: null, changes });
      const index = await snapshot.rewrite({ edits: plan.edits, addTrackingColumns: true, fileSystem });
      const written = await versionOf(csv);
      const recorded = { ...moments[first], wanted: written.bytes } as Moment;
      const { operations } = fileSystem;
      for (let done = 0; done <= operations.length; done++) {
        const versions = done === 0 ? [old] : done === operations.length ? [written] : [old, written];
        moments.push({ ...recorded, operations: operations.slice(0, done), versions });
      }
      moments.splice(first, 1);
      await ledger.markProjected(plan.shown, markOf(index.identity));
      await keep({ before, operations, versions: [written], wanted: written.bytes });
      // A file system that cannot make a rename durable: the ledger may be ahead of the CSV.
      await keep({
        before,
        operations: operations.filter(({ kind }) => kind !== 'syncFolder'),
        versions: [old, written],
        wanted: written.bytes,
      });
    }
  } finally {
    await ledger.close();
  }
  return moments;
}

/** Whether the CSV is the very file that the ledger has its mark of, on the disk that the power went from. */
function isMarked(csvMark: CsvMark | null, versions: readonly Version[], found: string): boolean {
  return versions.some(({ mark, bytes }) => mark === csvMark && bytes === found);
}

/** The same file again: here it was made anew, and the ledger would take it for somebody else's. */
async function markAgain(path: string): Promise<void> {
  const { mark } = await versionOf(join(path, NAME));
  const ledger = await openSqliteLedger(join(path, LEDGER));
  await ledger.markProjected([], mark);
  await ledger.close();
}

it('has every recorded result in the CSV after the next command, wherever the power went', async () => {
  const moments = await recordMoments();
  const limit = { contents: 2, random: seeded(SEED) };
  const count = { all: 0, marked: 0, behind: 0 };
  for (const { ledger, csvMark, before, operations, versions, wanted } of moments) {
    for (const state of crashStates(before, operations, limit)) {
      const where = `state ${count.all}, after ${operations.length} operations: ${keyOf(state)}`;
      const found = state.get(NAME)?.bytes.toString('latin1') ?? 'no file';
      assert(
        versions.some(({ bytes }) => bytes === found),
        where,
      );
      const path = join(folder.path, `state-${count.all++}`);
      const csv = join(path, NAME);
      await materialise(path, state);
      await copyLedger(ledger, join(path, LEDGER));
      // Every fourth one comes from a backup of the disk, in other words: as another file.
      if (isMarked(csvMark, versions, found) && count.all % 4 > 0) {
        await markAgain(path);
        count.marked++;
      }
      if (found !== wanted) count.behind++;

      const summary = await getDownloadStatusSummary(csv);
      assert.equal(await readFile(csv, 'latin1'), wanted, where);
      assert.equal((await stat(csv)).mode & 0o777, 0o640, where);
      assert.equal(summary.totalRows, 3, where);
      assert.equal(summary.youtube.completed, wanted.match(/,completed,/g)?.length ?? 0, where);
      if ((await contentsOf(path)).size === 1) continue;
      // Where there was nothing to write, what the crash left stays until somebody takes the write lock.
      assert.equal(found, wanted, where);
      await withTracker(csv, (tracker) => tracker.project());
      assert.deepEqual(Array.from((await contentsOf(path)).keys()), [NAME], where);
      assert.equal(await readFile(csv, 'latin1'), wanted, where);
    }
  }
  expect(count.all).toBeGreaterThan(40);
  expect(count.marked).toBeGreaterThan(12);
  expect(count.behind).toBeGreaterThan(20);
});
