import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { basename } from 'node:path';

/**
 * Fetches addresses with sockets and nothing else: it understands no more of an answer than that it is one, where its body begins and
 * how long that is.
 */

/** What a connection reads into, and where it goes from there. */
export interface Receiver {
  /** Where the next read goes; a function is asked before each. */
  readonly buffer: Uint8Array | (() => Uint8Array);
  /** A file's body begins. */
  begin(name: string): void;
  /** Takes what came of it, which lies in what `buffer` gave last. */
  take(bytes: Uint8Array, isLast: boolean): void;
  /** Whether the connection may read on at once; where it may not, it does when it is resumed. */
  mayReadOn?(socket: Socket): boolean;
}

/**
 * @param list a file with an address on each line
 * @param receiver makes that of a connection
 * @throws Error when a connection fails, or ends before all of its bodies are there
 */
export async function fetchRaw(list: string, atOnce: number, receiver: () => Receiver): Promise<void> {
  const addresses = (await readFile(list, 'utf8')).trim().split('\n');
  let taken = 0;
  const next = () => {
    const address = addresses[taken++];
    return address === undefined ? null : new URL(address);
  };
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      const first = next();
      if (first !== null) await overOneConnection(first, next, receiver());
    }),
  );
}

/** Fetches addresses over one connection, one after the other. */
function overOneConnection(first: URL, next: () => URL | null, receiver: Receiver): Promise<void> {
  return new Promise((resolve, reject) => {
    let address: URL | null = first;
    let head = '';
    /** Bytes of the body that have not come; null before it begins. */
    let missing: number | null = null;
    const ask = ({ pathname, host }: URL) => {
      head = '';
      missing = null;
      socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    };
    const begin = (bytes: Uint8Array, { href, pathname }: URL): Uint8Array => {
      const before = head.length;
      head += Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return bytes.subarray(bytes.length);
      const [, length] = /^HTTP\/1\.1 200 .*\r\ncontent-length: *(\d+)/is.exec(head.slice(0, end)) ?? [];
      if (length === undefined) throw new Error(`${href} was answered with ${head.slice(0, end)}`);
      missing = Number(length);
      receiver.begin(basename(pathname));
      return bytes.subarray(end + 4 - before);
    };
    const came = (bytes: Uint8Array, from: URL) => {
      const body = missing === null ? begin(bytes, from) : bytes;
      if (missing === null) return;
      missing -= body.length;
      if (body.length > 0 || missing === 0) receiver.take(body, missing === 0);
      if (missing > 0) return;
      address = next();
      if (address === null) socket.destroy();
      else ask(address);
    };
    const socket: Socket = connect({
      port: Number(first.port),
      host: first.hostname,
      onread: {
        buffer: receiver.buffer,
        callback: (length, into) => {
          try {
            if (address !== null) came(into.subarray(0, length), address);
          } catch (error) {
            socket.destroy(error instanceof Error ? error : new Error(String(error)));
          }
          return receiver.mayReadOn?.(socket) ?? true;
        },
      },
    });
    socket
      .once('connect', () => ask(first))
      .once('error', reject)
      .once('close', () => {
        if (address === null) resolve();
        else reject(new Error(`The connection was closed before all of ${address.href} had come`));
      });
  });
}
