import { subscribe } from 'node:diagnostics_channel';
import { openSync, writeSync } from 'node:fs';

/**
 * Notes what crosses the edge of a process that fetches: `WIRE_LOG=<file> node --import wire-log.ts program`. A line stands in
 * the file before the program sees what it tells of, so that a kill leaves none out.
 */
const log = openSync(process.env['WIRE_LOG'] ?? '', 'a');
const ids = new WeakMap<object, number>();
let lastId = 0;

interface Message {
  readonly request: { readonly path: string; readonly headers: readonly string[] };
  readonly response: { readonly statusCode: number; readonly headers: readonly (Buffer | string)[] };
  readonly chunk: Buffer;
}

function on(name: string, line: (message: Message, id: number) => readonly unknown[]): void {
  subscribe(`undici:request:${name}`, (message) => {
    const told = message as Message;
    const id = ids.get(told.request) ?? ++lastId;
    ids.set(told.request, id);
    writeSync(log, `${JSON.stringify(line(told, id))}\n`);
  });
}

function header(headers: readonly (Buffer | string)[], name: string): string | null {
  const at = headers.findIndex((word, i) => i % 2 === 0 && String(word).toLowerCase() === name);
  return at < 0 ? null : String(headers[at + 1]);
}

on('create', ({ request: { path, headers } }, id) => ['ask', id, path, header(headers, 'range')]);
on('headers', ({ response: { statusCode, headers } }, id) => [
  'head',
  id,
  statusCode,
  header(headers, 'content-range'),
  header(headers, 'content-length'),
  header(headers, 'last-modified'),
  header(headers, 'x-wrong-bytes') !== null,
]);
on('bodyChunkReceived', ({ chunk }, id) => ['data', id, chunk.length]);
on('trailers', (_, id) => ['end', id, true]);
on('error', (_, id) => ['end', id, false]);
