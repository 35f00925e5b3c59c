import { openSqliteLedger } from '../../../src/ledger/index.ts';
import { attempt, ROW } from '../fixtures.ts';

/** Records results until it is killed, and prints the row_id of each once it is acknowledged. */
const [path, round] = process.argv.slice(2);
const ledger = await openSqliteLedger(String(path));
for (let n = 0; ; n++) {
  const ids = Array.from({ length: 5 }, (_, part) => `${round}-${n}-${part}`);
  await Promise.all(
    ids.map(async (rowId) => {
      await ledger.record(attempt({ row: { ...ROW, rowId } }));
      process.stdout.write(`${rowId}\n`);
    }),
  );
}
