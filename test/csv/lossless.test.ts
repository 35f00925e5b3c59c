import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CsvSnapshot, DEFAULT_COLUMNS } from '../../src/csv/index.ts';
import { TRACKING_COLUMNS, type TrackingCells } from '../../src/row/index.ts';
import { editsOf, fileBytes, generatedCsv, positionOf, rowsOf } from './support/generated-csv.ts';
import { indexFacts } from './support/index-facts.ts';
import { checkLossless, csvOfAnyShape, losslessStory } from './support/lossless-story.ts';
import { checkThroughTracker, trackerStory } from './support/lossless-through-tracker.ts';
import { papaRows } from './support/papa-rows.ts';
import { expectedBytes, hasLink } from './support/rewrite-model.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder();
const RUNS = { numRuns: 250 };

const rewriteCase = csvOfAnyShape.chain((csv) => fc.record({ csv: fc.constant(csv), edits: editsOf(csv) }));

it('copies every byte outside the spliced cells, for any CSV and any edits', async () => {
  await fc.assert(
    fc.asyncProperty(rewriteCase, async ({ csv, edits }) => {
      const path = await folder.file(fileBytes(csv), 'bytes.csv');
      await using snapshot = await CsvSnapshot.open(path);
      await snapshot.rewrite({ edits, addTrackingColumns: true });
      const written = await readFile(path);
      expect(written.toString('latin1')).toBe(expectedBytes(csv, edits, true).toString('latin1'));
    }),
    RUNS,
  );
});

it('leaves an independent parser the same cells, the tracking cells apart', async () => {
  await fc.assert(
    fc.asyncProperty(rewriteCase, async ({ csv, edits }) => {
      const path = await folder.file(fileBytes(csv), 'oracle.csv');
      const before = papaRows(await readFile(path), csv);
      await using snapshot = await CsvSnapshot.open(path);
      await snapshot.rewrite({ edits, addTrackingColumns: true });
      const after = papaRows(await readFile(path), csv);
      const ours = new Set<number>(TRACKING_COLUMNS.map((name) => positionOf(csv, name)));
      const width = csv.header.cells.length;
      const padded = (cells: readonly string[]) => Array.from({ length: width }, (_, at) => cells[at] ?? '');
      const foreign = (rows: string[][]) =>
        rows.map((cells) => padded(cells).filter((_, at) => !ours.has(at)));
      expect(foreign(after)).toEqual(foreign(before));
      expect(after[0]?.slice(0, width)).toEqual(before[0]);
    }),
    RUNS,
  );
});

it('reads the cells that stand in the file, and those that were written', async () => {
  await fc.assert(
    fc.asyncProperty(rewriteCase, async ({ csv, edits }) => {
      const path = await folder.file(fileBytes(csv), 'read.csv');
      await using before = await CsvSnapshot.open(path);
      const rows = rowsOf(csv);
      const lineEnd = csv.crOnly ? /\r\n?/g : /\n/g;
      const text = fileBytes(csv).toString('latin1');
      const linesBefore = (line: number) => {
        const upTo = [csv.header, ...csv.lines.slice(0, line)];
        const length = upTo.reduce(
          (sum, { cells, lineEnd: end }) => sum + cells.map((cell) => cell.raw).join('-').length + end.length,
          csv.bom ? 3 : 0,
        );
        return (text.slice(0, length).match(lineEnd) ?? []).length;
      };
      expect(before.index.rowCount).toBe(rows.length);
      for (const kind of ['blank', 'comment', 'repeatedHeader', 'emptyRowId', 'tooLong'] as const) {
        const lines = csv.lines.filter((line) => line.kind === kind);
        const noted = before.index.skipped[kind];
        expect(noted.count).toBe(lines.length);
        expect(noted.lines).toEqual(
          lines.slice(0, 5).map((line) => linesBefore(csv.lines.indexOf(line)) + 1),
        );
      }
      for (const [index, line] of rows.entries()) {
        const cell = (name: string) => line.cells[positionOf(csv, name)]?.text ?? '';
        const row = await before.readRow(index);
        expect(row.context).toMatchObject({
          rowIndex: index,
          rowId: cell('row_id').trim(),
          type: cell('type'),
        });
        expect(row.context).toMatchObject({ name: cell('name'), email: cell('email') });
        expect(row.line).toBe(linesBefore(csv.lines.indexOf(line)) + 1);
        for (const type of ['youtube', 'drive'] as const) {
          const linked = hasLink(csv, line, DEFAULT_COLUMNS[type]);
          expect(row.links[type]).toBe(linked ? cell(DEFAULT_COLUMNS[type]).trim() : '');
          expect(before.index.hasLink(index, type)).toBe(linked);
        }
        for (const name of TRACKING_COLUMNS) expect(row.tracking[name]).toBe(cell(name));
        expect(before.index.findRow(row.context.rowId)).toBe(index);
      }

      const next = await before.rewrite({ edits, addTrackingColumns: true });
      await using after = await CsvSnapshot.open(path, { previous: next });
      for (const [index, cells] of edits) {
        if (after.index.isTooLong(index)) continue;
        const { tracking } = await after.readRow(index);
        for (const [name, wanted] of Object.entries(cells))
          expect(tracking[name as keyof TrackingCells]).toBe(wanted);
      }
    }),
    RUNS,
  );
});

it('derives the index of the new file exactly as a scan of it would', async () => {
  await fc.assert(
    fc.asyncProperty(rewriteCase, async ({ csv, edits }) => {
      const path = await folder.file(fileBytes(csv), 'derived.csv');
      await using before = await CsvSnapshot.open(path);
      const derived = await before.rewrite({ edits, addTrackingColumns: true });
      await using fresh = await CsvSnapshot.open(path);
      expect(indexFacts(derived)).toEqual(indexFacts(fresh.index));
      await using reused = await CsvSnapshot.open(path, { previous: derived });
      expect(reused.index).toBe(derived);
    }),
    RUNS,
  );
});

it('does not care how the file is cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(rewriteCase, fc.integer({ min: 1, max: 40 }), async ({ csv, edits }, chunkBytes) => {
      const path = await folder.file(fileBytes(csv), 'chunks.csv');
      await using whole = await CsvSnapshot.open(path);
      await using cut = await CsvSnapshot.open(path, { chunkBytes });
      expect(indexFacts(cut.index)).toEqual(indexFacts(whole.index));
      await cut.rewrite({ edits, addTrackingColumns: true });
      expect((await readFile(path)).toString('latin1')).toBe(
        expectedBytes(csv, edits, true).toString('latin1'),
      );
    }),
    { numRuns: 120 },
  );
});

it('writes nothing when no cell differs', async () => {
  const complete = generatedCsv({ allTrackingColumns: true });
  await fc.assert(
    fc.asyncProperty(complete, async (csv) => {
      const path = await folder.file(fileBytes(csv), 'same.csv');
      await using snapshot = await CsvSnapshot.open(path);
      const rows = await Array.fromAsync(snapshot.readRows(() => true));
      const edits = new Map(rows.map((row) => [row.index, row.tracking]));
      expect(await snapshot.rewrite({ edits, addTrackingColumns: true })).toBe(snapshot.index);
      expect(await snapshot.isCurrent()).toBe(true);
    }),
    { numRuns: 60 },
  );
});

it('stays lossless while rows end, are reset and end again', async () => {
  const path = join(folder.path, 'story.csv');
  const stories = fc.asyncProperty(losslessStory, (story) => checkLossless(path, story));
  await expect(fc.assert(stories, RUNS)).resolves.toBeUndefined();
});

it('stays lossless when the results come through the tracker', async () => {
  let count = 0;
  const stories = fc.asyncProperty(trackerStory, (story) =>
    checkThroughTracker(join(folder.path, `tracked-${count++}`), story),
  );
  await expect(fc.assert(stories, { numRuns: 20 })).resolves.toBeUndefined();
});
