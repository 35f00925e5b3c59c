import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { type CsvEdits, type CsvIndex, CsvSnapshot } from '../../../src/csv/index.ts';
import { nodeFileSystem } from '../../../src/csv/file-system.ts';
import { TRACKING_COLUMNS, type TrackingCells } from '../../../src/row/index.ts';
import {
  editsOf,
  fileBytes,
  generatedCsv,
  type GeneratedCsv,
  positionOf,
  rowsOf,
  toBytes,
  trackedText,
} from './generated-csv.ts';
import { indexFacts } from './index-facts.ts';
import { papaRows } from './papa-rows.ts';
import { rewritten } from './rewrite-model.ts';

/** A CSV, with or without tracking columns of its own, and what is written into it, one rewrite after the other. */
export interface LosslessStory {
  readonly csv: GeneratedCsv;
  readonly rewrites: readonly CsvEdits[];
}

export const csvOfAnyShape: fc.Arbitrary<GeneratedCsv> = fc.oneof(
  generatedCsv({ allTrackingColumns: true }),
  generatedCsv({ allTrackingColumns: false }),
);

const RESET: Partial<TrackingCells> = {
  youtube_status: 'pending',
  youtube_files: '',
  youtube_media_id: '',
  drive_status: '',
  drive_files: '',
  drive_media_id: '',
  last_download_attempt: '',
  download_errors: '',
};

const ended: fc.Arbitrary<Partial<TrackingCells>> = fc
  .tuple(fc.constantFrom('youtube', 'drive'), trackedText, fc.boolean())
  .map(([type, text, success]) => ({
    [`${type}_status`]: success ? 'completed' : 'failed',
    [`${type}_files`]: success ? text : '',
    [`${type}_media_id`]: success ? '-x_y' : '',
    last_download_attempt: '2026-11-22T10:00:01.000Z',
    ...(!success && { download_errors: `${type} attempt 1 network: ${text}` }),
  }));

/** The same kind of edit for some of the rows. */
function someRows(csv: GeneratedCsv, cells: fc.Arbitrary<Partial<TrackingCells>>): fc.Arbitrary<CsvEdits> {
  const rows = rowsOf(csv).map((_, row) => row);
  return fc
    .subarray(rows)
    .chain((chosen) => fc.tuple(...chosen.map((row) => fc.tuple(fc.constant(row), cells))))
    .map((entries) => new Map(entries));
}

/** Any texts first; then rows end somehow, some of them are reset, and some end again. */
export const losslessStory: fc.Arbitrary<LosslessStory> = csvOfAnyShape.chain((csv) =>
  fc
    .tuple(editsOf(csv), someRows(csv, ended), someRows(csv, fc.constant(RESET)), someRows(csv, ended))
    .map(([any, ...life]) => ({ csv, rewrites: [any, ...life] })),
);

/** Whether a loss of power is survived is shown elsewhere; here it would only take the time. */
const WITHOUT_SYNC: typeof nodeFileSystem = {
  ...nodeFileSystem,
  openFolder: async () => ({ sync: async () => {}, close: async () => {} }),
  create: async (path) => Object.assign(await nodeFileSystem.create(path), { sync: async () => {} }),
};

/**
 * Writes the CSV to a path, does the rewrites, and compares after each: every byte with the model, every cell with an independent
 * parser's, the index with a scan of the new file.
 * @throws AssertionError
 */
export async function checkLossless(path: string, { csv, rewrites }: LosslessStory): Promise<void> {
  await writeFile(path, fileBytes(csv));
  let now = csv;
  let previous: CsvIndex | undefined;
  for (const edits of rewrites) {
    const before = await readFile(path);
    await using snapshot = await CsvSnapshot.open(path, { previous });
    previous = await snapshot.rewrite({ edits, addTrackingColumns: true, fileSystem: WITHOUT_SYNC });
    const after = await readFile(path);
    const next = rewritten(now, edits, true);
    assert.equal(after.toString('latin1'), fileBytes(next).toString('latin1'));
    compareCells(papaRows(before, now), papaRows(after, next), next, edits);
    await using fresh = await CsvSnapshot.open(path);
    assert.deepEqual(indexFacts(previous), indexFacts(fresh.index));
    now = next;
  }
}

function compareCells(
  before: readonly string[][],
  after: readonly string[][],
  csv: GeneratedCsv,
  edits: CsvEdits,
): void {
  assert.equal(after.length, before.length);
  const columns = new Map(TRACKING_COLUMNS.map((name) => [positionOf(csv, name), name]));
  const rowAt = new Map(rowsOf(csv).map((line, row) => [csv.lines.indexOf(line) + 1, row]));
  for (const [line, cells] of after.entries()) {
    const row = rowAt.get(line);
    const isWritten = row !== undefined && csv.lines[line - 1]?.kind === 'row';
    const wanted: Partial<TrackingCells> = isWritten ? (edits.get(row) ?? {}) : {};
    for (let at = 0; at < Math.max(cells.length, before[line]?.length ?? 0); at++) {
      const column = columns.get(at);
      const cell = cells[at] ?? '';
      const old = before[line]?.[at];
      const text = column === undefined ? undefined : wanted[column];
      // The oracle cannot tell a last cell's own CR from the line end's.
      if (text !== undefined) assert.equal(cell.replace(/\r$/, ''), toBytes(text).replace(/\r$/, ''));
      // A tracking cell that was not there before says what the rewrite begins with.
      else if (column === undefined || old !== undefined) assert.equal(cell, old ?? '');
    }
  }
}
