import { CsvStore } from '../../../src/ledger/index.ts';
import { attempt, ROW } from '../fixtures.ts';

/** Records results until it is killed, and prints the row_id of each once it is acknowledged. */
const [url = '', key = '', round = ''] = process.argv.slice(2);
const store = await CsvStore.open(url);
const csv = await store.find(key);
if (csv === null) throw new Error('no such CSV');
const ledger = store.ledger(csv);
for (let n = 0; ; n++) {
  const ids = Array.from({ length: 5 }, (_, part) => `${round}-${n}-${part}`);
  await Promise.all(
    ids.map(async (rowId) => {
      await ledger.record(attempt({ row: { ...ROW, rowId } }));
      process.stdout.write(`${rowId}\n`);
    }),
  );
}
