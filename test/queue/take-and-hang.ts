import { CsvStore } from '../../src/ledger/index.ts';
import { openQueue } from '../../src/queue/index.ts';

/** Takes jobs, prints how often each was taken before, and then does nothing more, until it is killed. */
const [url = '', most = '1', leaseSeconds = '1'] = process.argv.slice(2);
const store = await CsvStore.open(url);
const queue = await openQueue(store.connections, { leaseSeconds: Number(leaseSeconds) });
for (;;) {
  const taken = await queue.take('drive', Number(most));
  if (taken.length === 0) continue;
  process.stdout.write(`${taken.map(({ row, retryCount }) => `${row.rowId}/${retryCount}`).join(' ')}\n`);
  break;
}
setInterval(() => {}, 60_000);
