import type { CsvRow } from '../csv/index.ts';
import { causeFacts } from '../errors/index.ts';
import type { DownloadState } from '../ledger/index.ts';
import { type DownloadType, downloadTypesOf } from '../row/index.ts';
import { checkDownloadTypeFilter } from './check-arguments.ts';
import type { FailedOptions } from './get-failed-downloads.ts';
import { stateOf } from './pending.ts';
import type { EffectiveStatus } from './status-overlay.ts';
import { withStatuses } from './with-statuses.ts';

/** A failed download with its reason and what to do about it. */
export interface FailedDownload {
  readonly rowId: string;
  readonly name: string;
  readonly email: string;
  readonly downloadType: DownloadType;
  readonly link: string;
  readonly line: number;
  readonly attempts: number;
  readonly cause: string;
  readonly category: string;
  readonly message: string;
  /** True when it is not tried again before a reset, a changed link or new credentials. */
  readonly permanent: boolean;
  readonly nextStep: string;
}

/** Every failed download in file order, with cause, verdict and next step from the ledger. */
export async function listFailures(
  csvPath = 'output.csv',
  { downloadType = 'both', ...options }: FailedOptions = {},
): Promise<FailedDownload[]> {
  checkDownloadTypeFilter(downloadType);
  const types = downloadTypesOf(downloadType);
  return withStatuses(csvPath, options, async ({ tracker, snapshot, overlay }) => {
    const ledger = await tracker.existingLedger();
    const failures: FailedDownload[] = [];
    const anyFailed = (at: number) => types.some((type) => overlay.hasFailed(at, type));
    for await (const row of snapshot.readRows(anyFailed)) {
      const known = await ledger?.row(row.context.rowId);
      for (const type of types.filter((each) => overlay.hasFailed(row.index, each))) {
        failures.push(describe(row, known?.downloads[type], stateOf(row, type, overlay), type));
      }
    }
    return failures;
  });
}

function describe(
  row: CsvRow,
  known: DownloadState | undefined,
  { attempts, permanent }: EffectiveStatus,
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
    attempts,
    cause,
    category,
    message: known?.message ?? row.tracking.download_errors,
    permanent,
    nextStep,
  };
}
