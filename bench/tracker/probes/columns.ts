import { ensureTrackingColumns } from '../../../src/index.ts';
import { observe } from '../../support/event-loop.ts';
import type { Probe } from '../task.ts';

/** First opening, whole: scan, backup, eight new columns in every row. */
export const columns: Probe = async ({ csv }) => {
  const seen = await observe(() => ensureTrackingColumns(csv));
  if (!seen.result) throw new Error('the columns were there before');
  return { ms: [seen.milliseconds], cpuMs: [seen.cpuMilliseconds], blockMs: [seen.blockMilliseconds] };
};
