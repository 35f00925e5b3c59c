import type { CsvSnapshot } from '../csv/index.ts';
import type { StatusPage } from '../ledger/index.ts';
import type { DownloadKey } from '../row/index.ts';
import { StatusOverlay } from './status-overlay.ts';
import type { TrackerParts } from './tracker-parts.ts';

/** Downloads asked of the ledger at once. */
const PAGE = 4000;

/**
 * The ledger's statuses over the rows of a snapshot.
 * @param runId marks the downloads that this run has begun
 */
export async function readOverlay(
  { ledger: lazy }: TrackerParts,
  snapshot: CsvSnapshot,
  runId: string | null,
): Promise<StatusOverlay> {
  const overlay = new StatusOverlay(snapshot.index);
  const ledger = await lazy.existing();
  let after: DownloadKey | null = null;
  while (ledger !== null) {
    // Rows that cannot be written are left out: what was recorded for somebody else says nothing of them, their cells do.
    const page: StatusPage = await ledger.statusesAfter(after, PAGE, runId);
    overlay.putPage(page);
    after = page.next;
    if (after === null) break;
  }
  return overlay;
}
