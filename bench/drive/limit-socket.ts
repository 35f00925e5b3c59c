import { closeSync, openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename, join } from 'node:path';

/**
 * What Node takes to read from sockets and to write files, with nothing else: no HTTP client, no hash, no sync. It understands no more
 * of an answer than where its body begins and how long that is.
 *
 * usage: limit-socket.js LIST FOLDER AT_ONCE
 */

/** What a read gets at most; it is written from there at once. */
const READ_BYTES = 256 << 10;

interface Body {
  readonly fd: number;
  missing: number;
}

/** Fetches addresses over one connection, one after the other. */
function overOneConnection(next: () => URL | undefined, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let address = next();
    if (address === undefined) return resolve();
    let body: Body | null = null;
    let head = '';
    const ask = () => {
      head = '';
      socket.write(`GET ${address?.pathname} HTTP/1.1\r\nHost: ${address?.host}\r\n\r\n`);
    };
    const begin = (bytes: Uint8Array): Uint8Array => {
      const before = head.length;
      head += Buffer.from(bytes).toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return bytes.subarray(bytes.length);
      const missing = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      body = { fd: openSync(join(folder, basename(address?.pathname ?? '')), 'w'), missing };
      return bytes.subarray(end + 4 - before);
    };
    const came = (bytes: Uint8Array) => {
      const rest = body === null ? begin(bytes) : bytes;
      if (body === null) return;
      for (let at = 0; at < rest.length;) at += writeSync(body.fd, rest, at);
      body.missing -= rest.length;
      if (body.missing > 0) return;
      closeSync(body.fd);
      body = null;
      address = next();
      if (address === undefined) socket.end();
      else ask();
    };
    const socket = connect({
      port: Number(address.port),
      host: address.hostname,
      onread: {
        buffer: Buffer.allocUnsafeSlow(READ_BYTES),
        callback: (length, into) => {
          came(into.subarray(0, length));
          return true;
        },
      },
    });
    socket.once('connect', ask).once('error', reject).once('close', resolve);
  });
}

const [list = '', folder = '', atOnce = ''] = process.argv.slice(2);
const addresses = (await readFile(list, 'utf8')).trim().split('\n');
let taken = 0;
const next = () => {
  const address = addresses[taken++];
  return address === undefined ? undefined : new URL(address);
};
await Promise.all(Array.from({ length: Number(atOnce) }, () => overOneConnection(next, folder)));
