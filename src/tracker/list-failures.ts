import type { CsvRow } from '../csv/index.ts';
import { causeFacts, givenOptions } from '../errors/index.ts';
import type { DownloadState } from '../ledger/index.ts';
import { type DownloadType, downloadTypesOf } from '../row/index.ts';
import { checkDownloadTypeFilter } from './check-arguments.ts';
import type { FailedOptions } from './get-failed-downloads.ts';
import { stateOf } from './pending.ts';
import type { EffectiveStatus } from './status-overlay.ts';
import { withStatuses } from './with-statuses.ts';

/** A download that failed or was put off, with its reason and what to do about it. */
export interface FailedDownload {
  readonly rowId: string;
  readonly name: string;
  readonly email: string;
  readonly downloadType: DownloadType;
  readonly link: string;
  readonly line: number;
  /** `pending` for one that was put off: it is tried later and lost no attempt. */
  readonly status: 'failed' | 'pending';
  readonly attempts: number;
  readonly cause: string;
  readonly category: string;
  readonly message: string;
  /** True when it is not tried again before a reset, a changed link or new credentials. */
  readonly permanent: boolean;
  readonly nextStep: string;
  /** ISO 8601; null where neither the ledger nor the CSV knows. */
  readonly lastAttempt: string | null;
  /** When trying again makes sense, ISO 8601; null where nobody said. */
  readonly notBefore: string | null;
}

export interface FailureOptions extends FailedOptions {
  /** Also downloads that were put off: quota, a host that refuses us, a broadcast to come (default false). */
  readonly includeWaiting?: boolean;
}

/** Rows asked of the ledger at once. */
const ROWS_AT_ONCE = 256;

/** Every failed download in file order, with cause, verdict and next step from the ledger. */
export async function listFailures(
  csvPath = 'output.csv',
  given: FailureOptions = {},
): Promise<FailedDownload[]> {
  const { downloadType = 'both', includeWaiting = false, ...options } = givenOptions(given);
  checkDownloadTypeFilter(downloadType);
  const types = downloadTypesOf(downloadType);
  return withStatuses(csvPath, options, async ({ tracker, snapshot, overlay }) => {
    const ledger = await tracker.existingLedger();
    const failures: FailedDownload[] = [];
    const isListed = (at: number, type: DownloadType) =>
      overlay.hasFailed(at, type) || (includeWaiting && mayWait(overlay.at(at, type)));
    const anyListed = (at: number) =>
      types.some((type) => snapshot.index.hasLink(at, type) && isListed(at, type));
    const describeAll = async (rows: readonly CsvRow[]) => {
      const known = await Promise.all(rows.map(({ context }) => ledger?.row(context.rowId) ?? null));
      for (const [at, row] of rows.entries()) {
        for (const type of types.filter((each) => row.links[each] !== '' && isListed(row.index, each))) {
          const download = known[at]?.downloads[type];
          const state = stateOf(row, type, overlay);
          if (state.status === 'failed' || (download?.cause ?? null) !== null)
            failures.push(describe(row, download, state, type));
        }
      }
    };
    let rows: CsvRow[] = [];
    for await (const row of snapshot.readRows(anyListed)) {
      rows.push(row);
      if (rows.length < ROWS_AT_ONCE) continue;
      await describeAll(rows);
      rows = [];
    }
    await describeAll(rows);
    return failures;
  });
}

/** Tried, and pending again: what it waits for stands in the ledger. */
function mayWait({ status, inLedger }: EffectiveStatus): boolean {
  return status === 'pending' && inLedger;
}

function describe(
  row: CsvRow,
  known: DownloadState | undefined,
  { status, attempts, permanent }: EffectiveStatus,
  downloadType: DownloadType,
): FailedDownload {
  const { rowId, name, email } = row.context;
  const cause = known?.cause ?? 'unknown';
  const { category, nextStep } = causeFacts(cause);
  return {
    rowId,
    name,
    email,
    downloadType,
    link: row.links[downloadType],
    line: row.line,
    status: status === 'failed' ? 'failed' : 'pending',
    attempts,
    cause,
    category,
    message: known?.message ?? row.tracking.download_errors,
    permanent,
    nextStep,
    lastAttempt: (known ? known.lastAttempt : row.tracking.last_download_attempt) || null,
    notBefore: known?.notBefore ?? null,
  };
}
