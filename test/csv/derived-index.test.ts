import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CsvSnapshot } from '../../src/csv/index.ts';
import { BLOCK_ROWS } from '../../src/csv/row-blocks.ts';
import type { TrackingCells } from '../../src/row/index.ts';
import { indexFacts } from './support/index-facts.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder();
const ROWS = 2 * BLOCK_ROWS + 10;

const bare = [
  'row_id,type,youtube_playlist,google_drive',
  ...Array.from({ length: ROWS }, (_, row) =>
    row % 1000 === 7 ? `r${row},T` : `r${row},T,https://youtu.be/x,-`,
  ),
].join('\n');

const anyCells: fc.Arbitrary<Partial<TrackingCells>> = fc.record({
  youtube_status: fc.constantFrom('', 'pending', 'completed', 'failed'),
  youtube_files: fc.constantFrom('', 'a.mp4', 'two\nlines'),
});
const anyEdits = fc.array(fc.tuple(fc.nat(ROWS - 1), anyCells), { maxLength: 8 });

it('the index of a CSV of many rows stays what a scan of the new file makes, rewrite after rewrite', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyEdits, { minLength: 1, maxLength: 3 }), async (rewrites) => {
      const path = await folder.file(bare);
      let previous = undefined;
      for (const edits of rewrites) {
        await using snapshot: CsvSnapshot = await CsvSnapshot.open(path, { previous });
        const before = indexFacts(snapshot.index);
        previous = await snapshot.rewrite({ edits: new Map(edits), addTrackingColumns: true });
        expect(indexFacts(snapshot.index)).toEqual(before);
      }
      await using scanned = await CsvSnapshot.open(path);
      expect(previous && indexFacts(previous)).toEqual(indexFacts(scanned.index));
    }),
    { numRuns: 10 },
  );
});
