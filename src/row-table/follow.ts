import { readIdentityNow, sameIdentity } from '../csv/index.ts';
import { RowtrailError } from '../errors/index.ts';
import type { ChangePage } from '../ledger/index.ts';
import { DOWNLOAD_TYPES } from '../row/index.ts';
import { secondsOfTime } from './build-table.ts';
import type { Standing } from './standing.ts';
import { CELL_STATUSES, statusCode } from './status-codes.ts';

/** Rows that changed asked of the ledger at once. */
const CHANGES = 2000;
/** A table is made anew so seldom that it takes this part of the time at most. */
const BUILD_PART = 0.2;

/** Takes in what changed in the ledger. @returns whether anything did */
export async function takeChanges(standing: Standing): Promise<boolean> {
  const ledger = await standing.lent.tracker.existingLedger();
  if (ledger === null || (await ledger.lastChange()) === standing.seq) return false;
  for (let more = true; more;) {
    const page = await ledger.changesAfter(standing.seq, CHANGES);
    takePage(standing, page);
    standing.seq = page.upTo;
    ({ more } = page);
  }
  return true;
}

/**
 * Looks whether the CSV is another file, and goes on with that one where it has the same rows.
 * @returns `other`: its rows are others, and it is time to read it
 * @throws RowtrailError file_missing when there is none any more
 */
export async function takeCsv(standing: Standing, csvPath: string): Promise<'same' | 'taken' | 'other'> {
  const old = standing.snapshot;
  const now = readIdentityNow(old.index.path);
  if (now === null)
    throw new RowtrailError('file_missing', 'there is no such CSV any more', { file: csvPath });
  if (sameIdentity(now, old.index.identity)) return 'same';
  const snapshot = await standing.lent.tracker.snapshot();
  const { index } = snapshot;
  if (!index.hasRowsOf(old.index)) {
    await snapshot.close();
    // What others write while a run goes on need not be read each time: the old file is still open, and statuses come from the ledger.
    const isSoon = performance.now() - standing.builtAt < standing.buildMs / BUILD_PART;
    return isSoon && !old.isChangedInPlace() ? 'same' : 'other';
  }
  standing.snapshot = snapshot;
  standing.overlay.follow(index);
  for (const row of index.rowsUnlike(old.index))
    for (const type of DOWNLOAD_TYPES)
      standing.parts.columns.setStatus(row, type, statusCode(index, standing.overlay, row, type));
  await old.close();
  return 'taken';
}

function takePage({ snapshot, overlay, parts, answers }: Standing, page: ChangePage): void {
  overlay.putPage(page);
  let lastRow = -1;
  for (const [at, rowId] of page.rowIds.entries()) {
    const row = snapshot.index.findRow(rowId);
    const type = DOWNLOAD_TYPES[page.downloadTypes[at] ?? 0];
    if (row < 0 || type === undefined) continue;
    parts.columns.setStatus(row, type, statusCode(snapshot.index, overlay, row, type));
    const isOpen = CELL_STATUSES[parts.columns.statuses[type][row] ?? 0] !== 'completed';
    parts.columns.setCause(row, type, isOpen ? (page.causes[at] ?? '') : '');
    const attempted = secondsOfTime(page.lastAttempts[at] ?? '');
    // A row's downloads come one after the other: the later attempt counts.
    parts.columns.attemptedAt[row] =
      row === lastRow ? Math.max(attempted, parts.columns.attemptedAt[row] ?? 0) : attempted;
    lastRow = row;
    answers.extra.add(row, page.files[at] ?? []);
  }
}
