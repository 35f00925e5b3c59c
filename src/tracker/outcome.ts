import { causeFacts, classifyError, type Verdict } from '../errors/index.ts';
import type { DownloadScope, Outcome } from '../ledger/index.ts';
import type { DownloadResult, ItemFailure } from '../row/index.ts';

/**
 * What an attempt's result means for the download's status. One host-wide refusal outweighs everything, because then no
 * other failure of that host can be believed; an item that may come with another try outweighs one that must wait.
 */
export function outcomeOf(result: DownloadResult, scope: DownloadScope = 'full'): Outcome {
  if (result.success) {
    return { ...NO_FAILURE, status: 'completed', scope };
  }
  const failures = (result.items ?? []).flatMap(({ failure }) => (failure ? [failure] : []));
  const weighed = weightiest(failures) ?? bareFailure(result);
  const { category, verdict } = causeFacts(weighed.cause);
  // Words alone settle nothing for good: without items only the caller says what is permanent, or put off.
  const settled = result.permanentFailure === true ? 'never' : failures.length > 0 ? verdict : 'again';
  return {
    status: settled === 'later' ? 'pending' : 'failed',
    cause: weighed.cause,
    category,
    message: weighed.message,
    permanent: settled === 'never',
    notBefore: earliest(failures, weighed),
    scope,
  };
}

const NO_FAILURE = {
  cause: null,
  category: null,
  message: null,
  permanent: false,
  notBefore: null,
} as const;

/** When the first of the items may be had that weigh as much as this one; null where that is not known of each. */
function earliest(failures: readonly ItemFailure[], weighed: ItemFailure): string | null {
  const times = failures
    .filter((failure) => weightOf(failure) === weightOf(weighed))
    .map(({ notBefore }) => notBefore ?? '');
  return times.toSorted()[0] || null;
}

/** A result that names no items, as a caller of the API may build it: its cause is read from its words. */
function bareFailure({ errorMessage }: DownloadResult): ItemFailure {
  return errorMessage === null
    ? { cause: 'unknown', message: 'the download failed without saying why' }
    : { cause: classifyError(errorMessage), message: errorMessage };
}

const WEIGHT: Readonly<Record<Verdict, number>> = { again: 2, later: 1, never: 0 };

function weightiest(failures: readonly ItemFailure[]): ItemFailure | undefined {
  let found: ItemFailure | undefined;
  for (const failure of failures) {
    if (found === undefined || weightOf(failure) > weightOf(found)) found = failure;
  }
  return found;
}

function weightOf({ cause }: ItemFailure): number {
  const { scope, verdict } = causeFacts(cause);
  return scope === 'host' ? 3 : WEIGHT[verdict];
}
