import assert from 'node:assert/strict';
import { join } from 'node:path';
import { AbandonedTemps, type CsvEdits, CsvSnapshot } from '../../../src/csv/index.ts';
import type { TrackingCells } from '../../../src/row/index.ts';
import type { DiskFile, DiskOperation, Folder } from './disk-model.ts';
import { contentsOf, materialise } from './folder-contents.ts';
import { RecordingFileSystem } from './recording-file-system.ts';

export const NAME = 'people.csv';
const MODE = 0o640;
/** So that a small CSV is written in two or three pieces, whose fates can all be gone through. */
const BYTES_PER_WRITE = 160;

const file = (bytes: string): DiskFile => ({ bytes: Buffer.from(bytes, 'latin1'), mode: MODE });

/** Bytes as a byte string. */
export const bytesOf = (state: Folder): string => state.get(NAME)?.bytes.toString('latin1') ?? 'no file';

const NOT_OURS = ['.people.csv.rowtrail-note.tmp', file('not ours')] as const;

/** A CSV as a person brings it, what a killed rewrite left, and a file that looks like it. */
export const START: Folder = new Map([
  [
    NAME,
    file(
      'row_id,type,youtube_playlist,name\r\n007,"F, #1",https://youtu.be/a,J\u00F6rg\r\n# a note\r\nNA,MM,-,"No\r\nra"\r\n3,FM,x,',
    ),
  ],
  ['.people.csv.rowtrail-0123456789abcdef.tmp', file('row_id,ty')],
  NOT_OURS,
]);

/** All that may stand in the folder when recovery has ended. */
export const endOf = (recovered: string): Folder => new Map([[NAME, file(recovered)], NOT_OURS]);

export function isWhole(state: Folder, possible: readonly string[]): boolean {
  return possible.includes(bytesOf(state)) && state.get(NAME)?.mode === MODE;
}

/** What a ledger holds: the tracking cells that each row is to show. */
export type Recorded = ReadonlyMap<string, Partial<TrackingCells>>;

interface Step {
  readonly recorded: Recorded;
  /** Something stops the rewrite before its rename. */
  readonly refused?: boolean;
}

/** What is written, in this order; the ledger has a result before its cells are written. */
const STEPS: readonly Step[] = [
  { recorded: new Map([['007', { youtube_status: 'completed', youtube_files: 'a.mp4' }]]) },
  { recorded: new Map([['NA', { youtube_status: 'failed' }]]), refused: true },
  { recorded: new Map([['3', { youtube_status: 'failed', download_errors: 'it, "broke"\n' }]]) },
  { recorded: new Map([['007', { youtube_status: 'pending', youtube_files: '' }]]) },
  { recorded: new Map() },
];

/** A moment in which the power may go: so many operations were done. */
export interface Moment {
  readonly done: number;
  readonly recorded: Recorded;
  /** What the CSV may be, and what recovery must make of it. */
  readonly possible: readonly string[];
  readonly recovered: string;
}

export interface History {
  readonly operations: readonly DiskOperation[];
  readonly moments: readonly Moment[];
}

/** A rewrite that puts what is recorded into the CSV. */
export async function write(
  path: string,
  recorded: Recorded,
  fileSystem: RecordingFileSystem,
  refused = false,
): Promise<void> {
  await using snapshot = await CsvSnapshot.open(join(path, NAME));
  const edits: CsvEdits = new Map(
    Array.from(recorded, ([rowId, cells]) => [snapshot.index.findRow(rowId), cells]),
  );
  const beforeRename = () => {
    if (refused) throw new Error('refused');
  };
  await snapshot.rewrite({ edits, addTrackingColumns: true, beforeRename, fileSystem });
}

/** Notes what happens without waiting for the disk each time. */
export const recordingFileSystem = () =>
  new RecordingFileSystem({ bytesPerWrite: BYTES_PER_WRITE, syncs: false });

/** The next command after the power came back. */
export async function recover(
  path: string,
  recorded: Recorded,
  fileSystem = recordingFileSystem(),
): Promise<void> {
  await new AbandonedTemps(join(path, NAME), fileSystem).remove();
  await write(path, recorded, fileSystem);
}

/** Does the steps in a folder and writes down what they do to the disk. */
export async function recordHistory(path: string): Promise<History> {
  await materialise(path, START);
  const fileSystem = recordingFileSystem();
  const moments: Moment[] = [];
  const recorded = new Map<string, Partial<TrackingCells>>();
  await new AbandonedTemps(join(path, NAME), fileSystem).remove();
  for (const { recorded: results, refused = false } of STEPS) {
    for (const [rowId, cells] of results) recorded.set(rowId, { ...recorded.get(rowId), ...cells });
    const before = bytesOf(await contentsOf(path));
    const from = moments.length === 0 ? 0 : fileSystem.operations.length;
    const written = write(path, recorded, fileSystem, refused);
    await (refused ? assert.rejects(written, /writing the CSV failed/) : written);
    const after = bytesOf(await contentsOf(path));
    const to = fileSystem.operations.length;
    for (let done = from; done <= to; done++) {
      const possible = done === from ? [before] : done === to ? [after] : [before, after];
      moments.push({ done, recorded: new Map(recorded), possible, recovered: '' });
    }
  }
  return { operations: fileSystem.operations, moments: await withRecovered(moments, `${path}-undisturbed`) };
}

/** What a rewrite that nothing disturbs makes of the CSV in each moment. */
async function withRecovered(moments: readonly Moment[], path: string): Promise<readonly Moment[]> {
  const wanted = new Map<string, string>();
  const keyOf = ({ recorded }: Moment) => JSON.stringify([...recorded]);
  for (const moment of moments) {
    if (wanted.has(keyOf(moment))) continue;
    await materialise(path, new Map([[NAME, file(moment.possible[0] ?? '')]]));
    await write(path, moment.recorded, recordingFileSystem());
    wanted.set(keyOf(moment), bytesOf(await contentsOf(path)));
  }
  return moments.map((moment) => ({ ...moment, recovered: wanted.get(keyOf(moment)) ?? '' }));
}
