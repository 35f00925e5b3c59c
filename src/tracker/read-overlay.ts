import type { CsvSnapshot } from '../csv/index.ts';
import type { Ledger, OpenStatusPage, StatusCursor, StatusPage } from '../ledger/index.ts';
import type { DownloadKey } from '../row/index.ts';
import { markOf } from './mark.ts';
import { StatusOverlay } from './status-overlay.ts';
import type { TrackerParts } from './tracker-parts.ts';

/** Downloads asked of the ledger at once; to lay them over the rows is one piece of work. */
const PAGE = 1000;

/**
 * The ledger's statuses over the rows of a snapshot. Rows that cannot be written are left out: what was recorded for
 * somebody else says nothing of them, their cells do.
 * @param runId marks the downloads that this run has begun and not completed
 */
export async function readOverlay(
  { ledger: lazy }: TrackerParts,
  snapshot: CsvSnapshot,
  runId: string | null,
): Promise<StatusOverlay> {
  const ledger = await lazy.existing();
  if (ledger === null) return new StatusOverlay(snapshot.index);
  return (await besideCells(ledger, snapshot, runId)) ?? (await ofAll(ledger, snapshot, runId));
}

/**
 * While the CSV is the file that the ledger was brought together with, most statuses stand in its own cells: reading only
 * the others is what keeps a million finished rows quick. Null when it is another file, or was replaced meanwhile.
 */
async function besideCells(
  ledger: Ledger,
  snapshot: CsvSnapshot,
  runId: string | null,
): Promise<StatusOverlay | null> {
  const mark = markOf(snapshot.index.identity);
  const overlay = new StatusOverlay(snapshot.index);
  for (let cursor: StatusCursor | null = null; ;) {
    const page: OpenStatusPage | null = await ledger.statusesBeside(mark, cursor, PAGE, runId);
    if (page === null) return null;
    overlay.putPage(page);
    cursor = page.next;
    if (cursor === null) return overlay;
  }
}

async function ofAll(ledger: Ledger, snapshot: CsvSnapshot, runId: string | null): Promise<StatusOverlay> {
  const overlay = new StatusOverlay(snapshot.index);
  for (let after: DownloadKey | null = null; ;) {
    const page: StatusPage = await ledger.statusesAfter(after, PAGE, runId);
    overlay.putPage(page);
    after = page.next;
    if (after === null) return overlay;
  }
}
