import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fetchRaw, type Receiver } from './raw-fetch.ts';

/**
 * What Node takes to read from sockets and to write files, with nothing else: no HTTP client, no hash, no sync.
 *
 * usage: limit-socket.js LIST FOLDER AT_ONCE
 */

/** What a read gets at most; it is written from there at once. */
const READ_BYTES = 256 << 10;

function intoFiles(folder: string): Receiver {
  let fd = -1;
  return {
    buffer: Buffer.allocUnsafeSlow(READ_BYTES),
    begin: (name) => {
      fd = openSync(join(folder, name), 'w');
    },
    take: (bytes, isLast) => {
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
      if (isLast) closeSync(fd);
    },
  };
}

const [list = '', folder = '', atOnce = ''] = process.argv.slice(2);
await fetchRaw(list, Number(atOnce), () => intoFiles(folder));
