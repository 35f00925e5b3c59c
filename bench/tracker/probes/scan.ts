import { CsvSnapshot } from '../../../src/csv/index.ts';
import { observe } from '../../support/event-loop.ts';
import type { Probe } from '../task.ts';

/** First opening, first half: find every row, row_id, status and link. */
export const scan: Probe = async ({ csv }) => {
  const seen = await observe(() => CsvSnapshot.open(csv));
  await seen.result.close();
  return { ms: [seen.milliseconds], cpuMs: [seen.cpuMilliseconds], blockMs: [seen.blockMilliseconds] };
};
