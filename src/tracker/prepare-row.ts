import { CsvChangedError, type CsvSnapshot } from '../csv/index.ts';
import { RowtrailError } from '../errors/index.ts';
import { DOWNLOAD_TYPES } from '../row/index.ts';
import { adoptable } from './rebuild/cells.ts';
import type { TrackerParts } from './tracker-parts.ts';

/** What comes before a result of a row is recorded: a person's edits, and what only the row's own cells tell. */
export async function prepareRow(parts: TrackerParts, rowId: string): Promise<void> {
  for (;;) {
    await using snapshot = await parts.csv.snapshot();
    try {
      await takeInEdits(parts, snapshot);
      return await adoptRow(parts, snapshot, rowId);
    } catch (error) {
      // Somebody saves into the file that is being read: theirs is the one to look at.
      if (!(error instanceof CsvChangedError)) throw error;
    }
  }
}

/**
 * Takes a person's edits in, where there are any: what is recorded afterwards comes after them. When they cannot be
 * taken in now, the next write-back does it.
 */
async function takeInEdits({ ledger, writeBack }: TrackerParts, snapshot: CsvSnapshot): Promise<void> {
  if ((await ledger.existing()) === null || (await writeBack.isInStep(snapshot.index))) return;
  await writeBack.project().catch((error: unknown) => {
    if (!(error instanceof RowtrailError)) throw error;
  });
}

/** Takes over what a row's own cells tell of downloads that the ledger does not know: attempts go on being counted. */
async function adoptRow({ ledger: lazy }: TrackerParts, snapshot: CsvSnapshot, rowId: string): Promise<void> {
  const position = snapshot.index.findRow(rowId);
  if (position < 0) return;
  const ended = DOWNLOAD_TYPES.filter((type) =>
    ['completed', 'failed'].includes(snapshot.index.status(position, type)),
  );
  if (ended.length === 0) return;
  const ledger = await lazy.get();
  const known = (await ledger.row(rowId))?.downloads ?? {};
  if (ended.every((type) => known[type] !== undefined)) return;
  await ledger.adopt(adoptable(await snapshot.readRow(position)));
}
