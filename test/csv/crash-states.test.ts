import assert from 'node:assert/strict';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { seeded } from '../tracker/torture/random.ts';
import { crashStates, type DiskOperation, type Folder, keyOf } from './support/disk-model.ts';
import { contentsOf, materialise } from './support/folder-contents.ts';
import { RecordingFileSystem } from './support/recording-file-system.ts';
import { tempFolder } from './support/temp-folder.ts';
import {
  bytesOf,
  endOf,
  isWhole,
  NAME,
  recordHistory,
  recordingFileSystem,
  recover,
  START,
  write,
} from './support/write-history.ts';

const folder = tempFolder();
const SEED = 20_261_122;
/** More than there are states of a file that is written in three pieces. */
const ALL = 1000;

it('leaves the old CSV or the new one, whole, wherever the power goes, and the next command writes what is recorded', async () => {
  const { operations, moments } = await recordHistory(join(folder.path, 'recorded'));
  const limit = { contents: ALL, random: seeded(SEED) };
  const path = join(folder.path, 'after the crash');
  const count = { all: 0, withTemporaryFile: 0, old: 0, new: 0 };
  for (const { done, recorded, possible, recovered } of moments) {
    for (const state of crashStates(START, operations.slice(0, done), limit)) {
      const where = `after ${done} operations: ${keyOf(state)}`;
      assert(isWhole(state, possible), where);
      count.all++;
      if (state.size > START.size - 1) count.withTemporaryFile++;
      count[bytesOf(state) === recovered ? 'new' : 'old']++;
      await materialise(path, state);
      await recover(path, recorded);
      assert.equal(keyOf(await contentsOf(path)), keyOf(endOf(recovered)), where);
    }
  }
  // Were one of these missing, or were the states few, nothing would be shown.
  expect(new Set(operations.map(({ kind }) => kind))).toEqual(
    new Set(['create', 'write', 'mode', 'syncFile', 'rename', 'unlink', 'syncFolder']),
  );
  expect(count.all).toBeGreaterThan(400);
  expect(count.withTemporaryFile).toBeGreaterThan(300);
  expect(count.old).toBeGreaterThan(300);
  expect(count.new).toBeGreaterThan(20);
});

it('is whole when the power goes a second time, while what the first time left is made good', async () => {
  const { operations, moments } = await recordHistory(join(folder.path, 'recorded twice'));
  const random = seeded(SEED);
  const limit = { contents: 12, random };
  const path = join(folder.path, 'first crash');
  const again = join(folder.path, 'second crash');
  let states = 0;
  for (const { done, recorded, possible, recovered } of moments) {
    const firsts = Array.from(crashStates(START, operations.slice(0, done), limit));
    const first = firsts[Math.floor(random() * firsts.length)] ?? START;
    await materialise(path, first);
    const fileSystem = recordingFileSystem();
    await recover(path, recorded, fileSystem);
    for (let second = 0; second <= fileSystem.operations.length; second++) {
      const isDone = second === fileSystem.operations.length;
      for (const state of crashStates(first, fileSystem.operations.slice(0, second), limit)) {
        const where = `after ${done} operations and ${second} of the recovery: ${keyOf(state)}`;
        assert(isWhole(state, isDone ? [recovered] : [...possible, recovered]), where);
        states++;
        if (random() > 0.2) continue;
        await materialise(again, state);
        await recover(again, recorded);
        assert.equal(keyOf(await contentsOf(again)), keyOf(endOf(recovered)), where);
      }
    }
  }
  expect(states).toBeGreaterThan(1000);
});

it.each([
  ['the new file were not synced before its rename', 'syncFile'],
  ['the folder were not synced after the rename', 'syncFolder'],
] as const)('would not be so if %s', async (_, left) => {
  const { operations, moments } = await recordHistory(join(folder.path, `without ${left}`));
  const limit = { contents: ALL, random: seeded(SEED) };
  const isBroken = ({ done, possible }: (typeof moments)[number]) => {
    const kept = operations.slice(0, done).filter(({ kind }) => kind !== left);
    return Array.from(crashStates(START, kept, limit)).some((state) => !isWhole(state, possible));
  };
  expect(moments.some(isBroken)).toBe(true);
});

it.each([
  ['ENOSPC', 'disk_full'],
  ['EIO', 'write_failed'],
])('leaves a whole CSV and no temporary file when any one operation fails with %s', async (errno, code) => {
  const path = join(folder.path, `failing ${errno}`);
  const before: Folder = new Map(Array.from(START).filter(([name]) => name === NAME));
  const recorded = new Map([['007', { youtube_status: 'completed', youtube_files: 'a.mp4' }]]);
  /** @returns what one rewrite does, or fails to do */
  const writeFailingAt = async (failing: number): Promise<readonly DiskOperation[]> => {
    await materialise(path, before);
    const tried: DiskOperation[] = [];
    const fileSystem = new RecordingFileSystem({
      bytesPerWrite: 50,
      before: (operation) => {
        tried.push(operation);
        if (tried.length === failing) throw Object.assign(new Error(errno), { code: errno });
      },
    });
    const written = write(path, recorded, fileSystem);
    await (failing > 0 ? assert.rejects(written, { code }) : written);
    return tried;
  };

  const operations = await writeFailingAt(0);
  const after = bytesOf(await contentsOf(path));
  expect(operations.length).toBeGreaterThan(8);
  for (const [at, { kind }] of operations.entries()) {
    await writeFailingAt(at + 1);
    const state: Folder = new Map([...(await contentsOf(path))]);
    expect([kind, ...state.keys()]).toEqual([kind, NAME]);
    // Once renamed, it is the new one; whether it will stay after a loss of power is what cannot be said.
    expect([kind, bytesOf(state)]).toEqual([kind, kind === 'syncFolder' ? after : bytesOf(before)]);
    await recover(path, recorded);
    expect(bytesOf(await contentsOf(path))).toBe(after);
  }
});
