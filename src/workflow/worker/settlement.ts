import type { AlongsideKind, Store } from '../../ledger/index.ts';
import { completionBy, type DownloadJob, type Queue, type TakenJob } from '../../queue/index.ts';

/** What becomes of a job: it is done, and maybe another one follows it. */
export interface Settlement {
  readonly job: TakenJob;
  readonly next: { readonly job: DownloadJob; readonly seconds: number } | null;
}

/**
 * Completes jobs and enqueues what follows, in the transaction that records their results. A job that was given to another worker
 * meanwhile is refused, and its result with it; the others are completed by the same statement.
 */
export function settlingIn(queue: Queue): AlongsideKind<Settlement> {
  const complete = completionBy(queue);
  return async (ask, parts) => {
    const refused = await complete(
      ask,
      parts.map(({ job }) => job),
    );
    const kept = parts.filter(({ job }) => !refused.has(job));
    const following = kept.flatMap(({ next }) => next ?? []);
    for (const [seconds, own] of Map.groupBy(following, (next) => next.seconds))
      await queue.enqueueIn(
        ask,
        own.map(({ job }) => job),
        { startAfter: seconds },
      );
    return new Map(
      parts.flatMap((part) => {
        const error = refused.get(part.job);
        return error === undefined ? [] : [[part, error] as const];
      }),
    );
  };
}

/** The same where there is no result to record. A job that is lost is another one's, and needs nothing of us. */
export async function settle(store: Store, kind: AlongsideKind<Settlement>, part: Settlement): Promise<void> {
  await store.transaction((ask) => kind(ask, [part]));
}
