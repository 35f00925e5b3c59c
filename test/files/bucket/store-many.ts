import { truncate } from 'node:fs/promises';
import { outputAt } from '../../../src/files/index.ts';
import { factsOf, rowOf } from '../item-fixtures.ts';
import { staged } from './staged.ts';

/** Stores several large files at the same time in a process of its own, and says how much memory that took at most, in bytes. */
const [address = '', count = '', bytes = ''] = process.argv.slice(2);
const output = outputAt(address);
await output.check();
const items = await Promise.all(
  Array.from({ length: Number(count) }, async () => {
    const file = await staged(output, '');
    // Nothing of it passes through this process's memory before it is stored.
    await truncate(file.path, Number(bytes));
    return file;
  }),
);
// What the system keeps as the most is also that of the process that started this one.
const before = process.memoryUsage().rss;
let most = before;
setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 5).unref();
await Promise.all(
  items.map((file, n) =>
    output.storeItem({
      row: rowOf(`${n}`),
      stem: `large_${n}`,
      staged: [file],
      sidecar: factsOf(`largefile${n}`),
      now: new Date(),
    }),
  ),
);
process.stdout.write(JSON.stringify({ grown: most - before }));
