import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CsvSnapshot, describeStep, takeSteps } from '../../src/csv/index.ts';
import type { TrackingCells } from '../../src/row/index.ts';
import { indexFacts } from './support/index-facts.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder();
const ROWS = 40;

const HEADER = 'row_id,type,youtube_playlist,google_drive,youtube_status,youtube_files,drive_status';

/** A CSV in which rows are short, skipped, and end without a line end. */
function text(): string {
  const rows = Array.from({ length: ROWS }, (_, row) =>
    row % 9 === 4 ? `r${row},T` : `r${row},T,https://youtu.be/x${row},-,${row % 3 === 0 ? 'pending' : ''},,`,
  );
  return [HEADER, ...rows.slice(0, 20), '# a comment', '', ...rows.slice(20)].join('\n');
}

const anyCells: fc.Arbitrary<Partial<TrackingCells>> = fc.record({
  youtube_status: fc.constantFrom('', 'pending', 'completed', 'failed'),
  youtube_files: fc.constantFrom('', 'a.mp4', 'a, "b".mp4', 'ü'.repeat(30)),
  drive_status: fc.constantFrom('', 'failed'),
});
const anyEdits = fc.array(fc.tuple(fc.integer({ min: 0, max: ROWS - 1 }), anyCells), { maxLength: 12 });

it('leads from an old index to the one that a scan of the newest file makes, over any number of rewrites', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyEdits, { minLength: 1, maxLength: 4 }), async (rewrites) => {
      const path = await folder.file(text());
      await using first = await CsvSnapshot.open(path);
      const changes: string[] = [];
      let { index } = first;
      for (const edits of rewrites) {
        await using before = await CsvSnapshot.open(path, { previous: index });
        index = await before.rewrite({ edits: new Map(edits), addTrackingColumns: false });
        const change = describeStep(before.index, index, new Set(edits.map(([row]) => row)));
        changes.push(change ?? 'nothing');
      }
      await using scanned = await CsvSnapshot.open(path);
      const followed = takeSteps(first.index, changes, scanned.index.identity);
      expect(followed && indexFacts(followed)).toEqual(indexFacts(scanned.index));
    }),
    { numRuns: 150 },
  );
});

it('says nothing of a rewrite that changes more than lengths and statuses', async () => {
  const bare = await folder.file('row_id,type,youtube_playlist\n1,T,x\n');
  await using without = await CsvSnapshot.open(bare);
  const withColumns = await without.rewrite({ edits: new Map(), addTrackingColumns: true });
  expect(describeStep(without.index, withColumns, [])).toBeNull();

  const lines = await folder.file(`${HEADER}\n1,T,x,,pending,"two\nlines",\n2,T,y,,,,\n`);
  await using twoLines = await CsvSnapshot.open(lines);
  const edits = new Map([[0, { youtube_files: 'one line' }]]);
  const oneLine = await twoLines.rewrite({ edits, addTrackingColumns: false });
  expect(describeStep(twoLines.index, oneLine, edits.keys())).toBeNull();
});

it('does not follow steps that do not lead to the file that is there', async () => {
  const path = await folder.file(text());
  await using snapshot = await CsvSnapshot.open(path);
  const { index } = snapshot;
  expect(takeSteps(index, ['[[3,1,0]]'], index.identity)).toBeNull();
  expect(takeSteps(index, [`[[${ROWS},0,0]]`], index.identity)).toBeNull();
  expect(takeSteps(index, ['[[5,1,0],[4,-1,0]]'], index.identity)).toBeNull();
});
