import { causeFacts } from '../errors/index.ts';
import { type DownloadType, downloadTypesOf } from '../row/index.ts';
import { checkDownloadTypeFilter } from './check-arguments.ts';
import type { FailedOptions } from './get-failed-downloads.ts';
import { withTracker } from './open-tracker.ts';
import { stateOf } from './pending.ts';

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
  return withTracker(
    csvPath,
    async (tracker) => {
      await tracker.sync();
      const ledger = await tracker.existingLedger();
      await using snapshot = await tracker.snapshot();
      const overlay = await tracker.overlay(snapshot);
      const isFailed = (at: number, type: DownloadType) =>
        overlay.statusAt(at, type) === 'failed' && snapshot.index.hasLink(at, type);
      const failures: FailedDownload[] = [];
      for await (const row of snapshot.readRows((at) => types.some((type) => isFailed(at, type)))) {
        const { rowId, name, email } = row.context;
        const known = await ledger?.row(rowId);
        for (const type of types.filter((each) => isFailed(row.index, each))) {
          const state = known?.downloads[type];
          const { attempts, permanent } = stateOf(row, type, overlay);
          const cause = state?.cause ?? 'unknown';
          const { category, nextStep } = causeFacts(cause);
          failures.push({
            rowId,
            name,
            email,
            downloadType: type,
            link: row.links[type],
            line: row.line,
            attempts,
            cause,
            category,
            message: state?.message ?? row.tracking.download_errors,
            permanent,
            nextStep,
          });
        }
      }
      return failures;
    },
    options,
  );
}
