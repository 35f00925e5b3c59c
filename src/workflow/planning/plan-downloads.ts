import { withTracker } from '../../tracker/index.ts';
import { givenWorkflowOptions } from '../option-names.ts';
import { trackingOf, type WorkflowOptions } from '../options.ts';
import { foreseeLetIn } from './let-in.ts';
import { planRun } from './plan.ts';
import type { Plan } from './plan-counts.ts';

/**
 * Honest counts of what a run would do: no link, malformed, folder, already here, to fetch, given up. Contacts no host.
 * What a person should hear of the CSV and its ledger comes as `note` events.
 * @throws RowtrailError naming file, line and column when the CSV is not usable, or an option that is none.
 */
export async function planDownloads(csvPath = 'output.csv', given: WorkflowOptions = {}): Promise<Plan> {
  const options = givenWorkflowOptions(given);
  return withTracker(
    csvPath,
    async (tracker) => {
      await tracker.sync();
      return planRun(tracker, options, new Date(), { dueAnew: await foreseeLetIn(tracker, options) });
    },
    {
      ...trackingOf(options),
      onNote: ({ rowId, message }) =>
        options.onEvent?.({ kind: 'note', message, ...(rowId === null ? {} : { rowId }) }),
    },
  );
}
