import { closeSync, constants, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

/** A thread that reads files for nothing but to have them in the system's cache. */

const port = parentPort;
if (port === null) throw new Error('the warm-up worker runs in a worker thread only');
const buffer = Buffer.allocUnsafe(1 << 16);

port.on('message', (paths: readonly string[]) => {
  for (const path of paths) read(path);
  port.postMessage(null);
});

function read(path: string): void {
  try {
    // A pipe that nobody writes into is not waited for.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      readSync(file, buffer, 0, buffer.length, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    // Whoever wants the file meets the same error, and deals with it.
  }
}
