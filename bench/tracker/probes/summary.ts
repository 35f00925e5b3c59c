import { getDownloadStatusSummary } from '../../../src/index.ts';
import { observe } from '../../support/event-loop.ts';
import type { Probe } from '../task.ts';

/** `rowtrail status`, in a process that knows nothing yet. */
export const summary: Probe = async ({ csv }) => {
  const seen = await observe(() => getDownloadStatusSummary(csv));
  return {
    ms: [seen.milliseconds],
    cpuMs: [seen.cpuMilliseconds],
    blockMs: [seen.blockMilliseconds],
    rows: [seen.result.totalRows],
  };
};
