import { setTimeout as sleep } from 'node:timers/promises';
import { CsvStore } from '../../../src/ledger/index.ts';
import { attempt, ROW } from '../fixtures.ts';

/** Records so many results, some at a time, and ends. */
const [url = '', key = '', rows = '0'] = process.argv.slice(2);
const store = await CsvStore.open(url);
const csv = await store.find(key);
if (csv === null) throw new Error('no such CSV');
const ledger = store.ledger(csv);
let next = 0;
await Promise.all(
  Array.from({ length: 10 }, async () => {
    for (let at = next++; at < Number(rows); at = next++) {
      await ledger.record(attempt({ row: { ...ROW, rowId: String(at) } }));
      await sleep(150);
    }
  }),
);
await store.close();
