import type { HostEvent, Pace } from '../../hosts/index.ts';
import type { DownloadResult, DownloadType } from '../../row/index.ts';
import type { TransferProgress } from '../../sources/index.ts';
import type { RunWish } from '../../monitoring/index.ts';
import type { Plan } from '../planning/plan-counts.ts';
import type { RunTotals } from './run-progress.ts';

/** One download that did not end as completed, with what to do about it. */
export interface Failure {
  readonly rowId: string;
  readonly name: string;
  readonly downloadType: DownloadType;
  readonly line: number;
  readonly status: 'failed' | 'pending';
  readonly cause: string;
  readonly category: string;
  readonly message: string;
  readonly nextStep: string;
  readonly permanent: boolean;
  /** Lost so far, this one included. */
  readonly attempts: number;
  readonly notBefore: string | null;
}

/** What happens in a run, as it happens; for displays and logs. */
export type RunEvent =
  | { readonly kind: 'planned'; readonly runId: string; readonly plan: Plan; readonly pace: Pace }
  | { readonly kind: 'started'; readonly rowId: string; readonly downloadType: DownloadType }
  /** A transfer moved on. */
  | { readonly kind: 'progress'; readonly progress: TransferProgress; readonly totals: RunTotals }
  | {
      readonly kind: 'completed';
      readonly rowId: string;
      readonly downloadType: DownloadType;
      readonly result: DownloadResult;
      readonly totals: RunTotals;
    }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly totals: RunTotals }
  /** An attempt failed, and the download is tried again in this run. */
  | {
      readonly kind: 'retrying';
      readonly failure: Failure;
      /** Attempts made so far. */
      readonly attempts: number;
      /** Until the next one, at least. */
      readonly seconds: number;
    }
  /** A host refused it, or could not be reached; it is tried again in this run once that host answers. */
  | { readonly kind: 'waiting'; readonly failure: Failure; readonly host: string }
  | HostEvent
  /** An alert began or ended. */
  | { readonly kind: 'alert'; readonly message: string }
  /** `wish`: somebody paused, resumed or stopped the run from outside. */
  | { readonly kind: 'note'; readonly message: string; readonly rowId?: string; readonly wish?: RunWish };
