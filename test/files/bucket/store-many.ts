import { writeFile } from 'node:fs/promises';
import { outputAt } from '../../../src/files/index.ts';
import { factsOf, rowOf } from '../item-fixtures.ts';
import { staged } from './staged.ts';

/** Stores several large files at the same time in a process of its own, and says how much memory that took at most, in bytes. */
const [address = '', count = '', bytes = ''] = process.argv.slice(2);
const output = outputAt(address);
await output.check();
const items = await Promise.all(
  Array.from({ length: Number(count) }, async (_, n) => {
    const file = await staged(output, '');
    // Written in pieces, so that it is this process's storing that is measured.
    for (let at = 0; at < Number(bytes); at += 1 << 20)
      await writeFile(file.path, Buffer.alloc(1 << 20, n + at / (1 << 20)), { flag: 'a' });
    return file;
  }),
);
const before = process.resourceUsage().maxRSS;
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
process.stdout.write(JSON.stringify({ grown: (process.resourceUsage().maxRSS - before) * 1024 }));
