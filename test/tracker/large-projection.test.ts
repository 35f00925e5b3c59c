import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ensureTrackingColumns } from '../../src/index.ts';
import { type CsvTracker, withTracker } from '../../src/tracker/index.ts';
import { csvFile, readCells } from './fixtures.ts';

/** More than two parts of a projection. */
const ROWS = 25_000;
const HEADER = 'row_id,type,youtube_playlist,mine';
const row = (id: number) => `${id},FF,https://youtu.be/aaaaaaaaaaa,x${id}`;

async function recordAll(tracker: CsvTracker): Promise<void> {
  const at = new Date().toISOString();
  const results = Array.from({ length: ROWS }, (_, id) =>
    tracker.record({
      row: { rowId: String(id), type: 'FF', name: '', email: '' },
      downloadType: 'youtube',
      link: 'https://youtu.be/aaaaaaaaaaa',
      generation: null,
      lease: null,
      startedAt: at,
      endedAt: at,
      items: [],
      outcome: {
        status: 'completed',
        cause: null,
        category: null,
        message: null,
        permanent: false,
        notBefore: null,
        scope: 'full',
      },
      folder: null,
      runId: null,
    }),
  );
  await Promise.all(results);
}

it('a projection of more rows than are held at a time goes in parts, also when somebody saves the CSV between them', async () => {
  const csv = await csvFile([HEADER, ...Array.from({ length: ROWS }, (_, id) => row(id))]);
  await sleep(300);
  await ensureTrackingColumns(csv);
  await withTracker(csv, async (tracker) => {
    await recordAll(tracker);
    const { ino } = await stat(csv);
    const projected = tracker.project();
    // The first part has been written when another file stands there; a person saves over it, in another order.
    while ((await stat(csv)).ino === ino) await sleep(2);
    const [header = '', ...lines] = (await readFile(csv, 'utf8')).split('\r\n').filter((line) => line !== '');
    const edited = lines.toReversed().map((line) => line.replace(/,x(\d+),/, ',y$1,'));
    await writeFile(`${csv}.saved`, [header, ...edited, ''].join('\r\n'));
    await rename(`${csv}.saved`, csv);
    await projected;
    await tracker.project();

    const cells = await readCells(csv);
    expect(cells).toHaveLength(ROWS);
    const wrong = cells.filter(
      (each, at) =>
        each['row_id'] !== String(ROWS - 1 - at) ||
        each['mine'] !== `y${ROWS - 1 - at}` ||
        each['youtube_status'] !== 'completed',
    );
    expect(wrong).toEqual([]);
    expect(await (await tracker.ledger()).unprojected(0, 1)).toEqual([]);
    expect(tracker.takeNotes()).toEqual([]);
  });
});
