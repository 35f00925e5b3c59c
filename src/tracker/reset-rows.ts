import type { DownloadType } from '../row/index.ts';
import type { BegunGeneration } from './change-log.ts';
import type { TrackerParts } from './tracker-parts.ts';

/** Resets that are written down together. */
const LINES_AT_ONCE = 500;

/**
 * Begins a new generation of rows' downloads; durable when it resolves, in the CSV after the next projection.
 * @returns the row_ids that the CSV has, as it writes them.
 */
export async function resetRows(
  { csv, ledger: lazy, changes }: TrackerParts,
  rowIds: Iterable<string>,
  types: readonly DownloadType[],
): Promise<readonly string[]> {
  await using snapshot = await csv.snapshot();
  const positions = new Set<number>();
  for (const rowId of rowIds) {
    const position = snapshot.index.findRow(rowId);
    if (position >= 0) positions.add(position);
  }
  if (positions.size === 0) return [];
  const ledger = await lazy.get();
  const known: string[] = [];
  const begun: BegunGeneration[] = [];
  for await (const { context, links } of snapshot.readRows((at) => positions.has(at))) {
    const { rowId, type, name, email } = context;
    known.push(rowId);
    const row = { rowId, type, name, email };
    await Promise.all(
      types.map(async (downloadType) => {
        const link = links[downloadType];
        const generation = await ledger.reset(row, downloadType, link);
        begun.push({ rowId, rowType: type, downloadType, generation, link });
      }),
    );
    if (begun.length >= LINES_AT_ONCE) await changes.resets(begun.splice(0));
  }
  await changes.resets(begun);
  return known;
}
