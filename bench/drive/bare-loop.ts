import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { stream } from 'undici';

/**
 * What Node and undici do without us: a loop that fetches a list of addresses, so many at once, each body piped into a file.
 *
 * usage: bare-loop.js LIST FOLDER AT_ONCE [durable]; `durable` also puts each file on the disk and has it hashed in a thread
 */

/** Threads that hash. */
const HASHERS = 2;

async function fetchAll(
  addresses: readonly string[],
  folder: string,
  atOnce: number,
  afterwards: (path: string) => Promise<void>,
) {
  let next = 0;
  const work = async () => {
    for (let address = addresses[next++]; address !== undefined; address = addresses[next++]) {
      const path = join(folder, address.slice(address.lastIndexOf('/') + 1));
      await stream(address, { method: 'GET' }, () => createWriteStream(path));
      await afterwards(path);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** Threads that each answer in the order in which they are asked. */
function hashers(count: number) {
  const threads = Array.from({ length: count }, () => {
    const worker = new Worker(new URL(import.meta.url));
    const waiting: (() => void)[] = [];
    worker.on('message', () => waiting.shift()?.());
    return { worker, waiting };
  });
  let turn = 0;
  return {
    hash: (path: string) =>
      new Promise<void>((resolve) => {
        const thread = threads[turn++ % threads.length];
        thread?.waiting.push(resolve);
        thread?.worker.postMessage(path);
      }),
    end: async () => void (await Promise.all(threads.map(({ worker }) => worker.terminate()))),
  };
}

async function sync(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  await file.datasync();
}

async function hashed(path: string): Promise<string> {
  await using file = await open(path, 'r');
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(1 << 20);
  for (;;) {
    const { bytesRead } = await file.read(buffer);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
  }
}

if (isMainThread) {
  const [list = '', folder = '', atOnce = '', kind] = process.argv.slice(2);
  const addresses = (await readFile(list, 'utf8')).trim().split('\n');
  if (kind === 'durable') {
    const threads = hashers(HASHERS);
    await fetchAll(addresses, folder, Number(atOnce), async (path) => {
      await Promise.all([sync(path), threads.hash(path)]);
    });
    await threads.end();
  } else await fetchAll(addresses, folder, Number(atOnce), async () => {});
} else {
  let last: Promise<unknown> = Promise.resolve();
  parentPort?.on('message', (path: string) => {
    last = last.then(async () => parentPort?.postMessage(await hashed(path)));
  });
}
