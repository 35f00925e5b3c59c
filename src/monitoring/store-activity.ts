import { listWorkers, type SeenWorker } from '../ledger/index.ts';
import { queueCounts, type QueueCounts } from '../queue/index.ts';
import { type TrackerOptions, withTracker } from '../tracker/index.ts';

/** Who works in a store, and what waits there, for all its CSVs together. */
export interface StoreActivity {
  readonly workers: readonly SeenWorker[];
  readonly queue: QueueCounts;
}

/**
 * The workers of the store that holds a CSV's ledger, and its queue's counts; null where no store was given, or neither a worker nor a job
 * is there.
 * @throws RowtrailError where there is no such CSV, or the store cannot be used
 */
export async function getStoreActivity(
  csvPath = 'output.csv',
  tracking: TrackerOptions = {},
): Promise<StoreActivity | null> {
  return withTracker(
    csvPath,
    async (tracker) => {
      const database = await tracker.storeDatabase();
      if (database === null) return null;
      const [workers, queue] = await Promise.all([listWorkers(database), queueCounts(database)]);
      const { waiting, delayed, active, dead } = queue;
      return workers.length + waiting + delayed + active + dead === 0 ? null : { workers, queue };
    },
    tracking,
  );
}
