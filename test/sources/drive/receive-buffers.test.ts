import { Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { BUFFER_BYTES, ReceiveBuffers } from '../../../src/sources/drive/http/receive-buffers.ts';

/** A connection as Node has it: it asks for a buffer, reads into it, tells of that and asks for the next one. */
function connection(buffers: ReceiveBuffers) {
  const { onread } = buffers.socketOptions as unknown as {
    readonly onread: {
      readonly buffer: () => Uint8Array;
      readonly callback: (this: Duplex, length: number, into: Uint8Array) => boolean;
    };
  };
  const socket = new Duplex({ read() {}, highWaterMark: buffers.socketOptions.highWaterMark });
  let into = onread.buffer();
  return {
    next: () => into,
    /** @returns what the parser gets */
    read: (length: number): Buffer => {
      onread.callback.call(socket, length, into);
      into = onread.buffer();
      return socket.read() as Buffer;
    },
  };
}

const HEAD = 200;

describe('a buffer', () => {
  test('is read into again once all that came into it was given back', () => {
    const buffers = new ReceiveBuffers();
    const one = connection(buffers);
    const first = one.read(BUFFER_BYTES).subarray(HEAD);
    buffers.lend(first);
    expect(one.next().buffer).not.toBe(first.buffer);
    buffers.giveBack(first);
    expect(connection(buffers).next().buffer).toBe(first.buffer);
  });

  test('is not read into again while a chunk of it is lent', () => {
    const buffers = new ReceiveBuffers();
    const read = connection(buffers).read(BUFFER_BYTES);
    const chunks = [read.subarray(HEAD, 1000), read.subarray(1000)];
    for (const chunk of chunks) buffers.lend(chunk);
    buffers.giveBack(read.subarray(HEAD, 1000));
    expect(connection(buffers).next().buffer).not.toBe(read.buffer);
  });

  test('is not read into again while the beginning of the next head lies in it, or what was not understood yet', () => {
    const buffers = new ReceiveBuffers();
    const read = connection(buffers).read(BUFFER_BYTES);
    const chunk = read.subarray(HEAD, BUFFER_BYTES - 20);
    buffers.lend(chunk);
    buffers.giveBack(chunk);
    expect(connection(buffers).next().buffer).not.toBe(read.buffer);
  });

  test('is not read into again while its connection may still read into the rest of it', () => {
    const buffers = new ReceiveBuffers();
    const one = connection(buffers);
    const chunk = one.read(1000).subarray(HEAD);
    buffers.lend(chunk);
    expect(one.next().buffer).toBe(chunk.buffer);
    expect(one.next().byteOffset).toBe(1000);
    buffers.giveBack(chunk);
    expect(connection(buffers).next().buffer).not.toBe(chunk.buffer);
  });

  test('that nobody gave back is left alone', () => {
    const buffers = new ReceiveBuffers();
    const one = connection(buffers);
    const read = one.read(BUFFER_BYTES);
    buffers.giveBack(Buffer.alloc(10));
    expect(one.next().buffer).not.toBe(read.buffer);
    expect(connection(buffers).next().buffer).not.toBe(read.buffer);
  });
});
