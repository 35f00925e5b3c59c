import { CsvStore } from '../../../src/ledger/index.ts';
import { observe } from '../../support/event-loop.ts';
import { sampleRow } from '../../tracker/sample-csv.ts';
import { sampleAttempt } from '../../tracker/sample-result.ts';
import type { Probe } from '../task.ts';

/** As many transfers as are under way each record a result and go on, as beside the CSV (`bench/tracker/probes/grouped.ts`). */
export const record: Probe = async ({ store: url, key, count, concurrency }) => {
  const store = await CsvStore.open(url);
  const csv = await store.find(key);
  if (csv === null) throw new Error('no such CSV');
  const ledger = store.ledger(csv);
  let next = 0;
  const transfer = async () => {
    for (let index = next++; index < count; index = next++) {
      const { context, youtube } = sampleRow(index);
      await ledger.record(sampleAttempt(context, 'youtube', youtube, null));
    }
  };
  const seen = await observe(() => Promise.all(Array.from({ length: concurrency }, transfer)));
  await ledger.close();
  await store.close();
  return {
    perSecond: [(count * 1000) / seen.milliseconds],
    cpuMs: [seen.cpuMilliseconds],
    blockMs: [seen.blockMilliseconds],
  };
};
