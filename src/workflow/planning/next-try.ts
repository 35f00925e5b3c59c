import { type ErrorHandler, isCause, RowtrailError } from '../../errors/index.ts';
import type { Outcome } from '../../ledger/index.ts';
import type { DownloadKey } from '../../row/index.ts';
import { DEFAULTS, type WorkflowOptions } from '../options.ts';

/** A download whose attempt is over. */
export interface TriedDownload extends DownloadKey {
  readonly link: string;
  /** Attempts that its present generation has lost, this one included. */
  readonly attempts: number;
  /** Attempts that the run has made of it and that it lost, this one included. */
  readonly tries: number;
}

/**
 * Seconds until a failed download is tried again by the same run, where its cause and its attempts allow that; null where they do not.
 * @param errors counts what went wrong
 */
export function nextTry(
  errors: ErrorHandler,
  { rowId, downloadType, link, attempts, tries }: TriedDownload,
  outcome: Pick<Outcome, 'status' | 'cause' | 'message' | 'permanent'>,
  { retryAttempts: most = DEFAULTS.retryAttempts, includeFailed }: WorkflowOptions,
): number | null {
  const cause = outcome.cause !== null && isCause(outcome.cause) ? outcome.cause : 'unknown';
  const context = errors.handleError(new RowtrailError(cause, outcome.message ?? ''), {
    rowId,
    downloadType,
    url: link,
  });
  if (outcome.status !== 'failed' || outcome.permanent || includeFailed === false) return null;
  if (attempts >= most || !errors.shouldRetry(context, tries, most)) return null;
  return errors.getRetryDelay(context, tries);
}
