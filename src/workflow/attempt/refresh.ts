import type { Outcome } from '../../ledger/index.ts';
import type { DownloadResult } from '../../row/index.ts';
import type { Task } from '../planning/tasks.ts';

/** What is recorded of a completed download that stays so. */
export const COMPLETED = {
  status: 'completed',
  cause: null,
  category: null,
  message: null,
  permanent: false,
  notBefore: null,
} as const satisfies Omit<Outcome, 'scope'>;

/**
 * Whether a completed download was to be looked at for new items, and its list could not be read: what it has is no less
 * complete for that. An item that is known and did not come is another matter. Pure.
 */
export function isUnreadRefresh(
  { refreshes }: Task,
  { status }: Outcome,
  { items = [] }: DownloadResult,
): boolean {
  return (
    refreshes &&
    status !== 'completed' &&
    items.every(({ mediaId, failure }) => failure === null || mediaId === null)
  );
}
