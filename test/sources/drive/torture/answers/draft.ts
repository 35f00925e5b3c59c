import { createHash } from 'node:crypto';
import { contentOf, publishedHash } from '../hostile-file.ts';
import type { ServedFile } from './served-file.ts';

/** What a request asked for. */
export interface Asked {
  readonly host: string;
  readonly path: string;
  /** The first byte and the last, where a range was asked for. */
  readonly range: { readonly first: number; readonly last: number | null } | null;
  readonly ifRange: string | null;
}

/** An answer in the making: right as long as nothing was done to it. */
export interface Draft {
  readonly asked: Asked;
  readonly version: number;
  /** All bytes of the version. */
  readonly whole: Buffer;
  /** Where the body begins in it. */
  readonly start: number;
  status: number;
  readonly headers: Map<string, string[]>;
  body: Buffer;
  isChunked: boolean;
  /** Answers before the answer, trailers, and what comes behind it unasked. */
  before: string;
  trailers: string;
  after: string;
  /** How the connection ends: after the answer by FIN, in the body by FIN or RST; null: it stays open. */
  end: 'closed' | 'cut' | 'reset' | null;
  /** Bytes of the body that come before a cut. */
  cutAt: number;
  /** Before the body, and between its pieces. */
  stallMs: number;
  dripMs: number;
  /** Whether it is a page, an error or something else than the file. */
  isFile: boolean;
  /** Whether it says itself that the file is not to be had by this link. */
  isFinal: boolean;
}

const known = new Map<string, Buffer>();

/** The bytes of a version, from 1 on. */
export function versionOf({ size, longer, begins = '' }: ServedFile, version: number): Buffer {
  const length = Math.max(1, size + (version === 1 ? 0 : longer));
  const key = `${length}-${version}-${begins}`;
  let bytes = known.get(key);
  if (bytes === undefined) {
    bytes = contentOf({ number: 1, size: length } as Parameters<typeof contentOf>[0], version);
    if (begins !== '') bytes = Buffer.concat([Buffer.from(begins), bytes]);
    known.set(key, bytes);
  }
  return bytes;
}

/** The answer of a host that has these habits and does nothing else wrong. */
export function rightAnswer(file: ServedFile, version: number, asked: Asked): Draft {
  const whole = versionOf(file, version);
  const validators = validatorsOf(file, version);
  const range = rangeOf(file, asked, whole.length, Object.values(validators));
  const isRefused = asked.range !== null && file.ranges === 'refused';
  const isBeyond = range !== null && range.start >= whole.length;
  const { start, end } = range ?? { start: 0, end: whole.length };
  const body = isRefused || isBeyond ? Buffer.alloc(0) : whole.subarray(start, end);
  const headers = new Map<string, string[]>([['content-length', [String(body.length)]]]);
  const draft: Draft = {
    ...{ asked, version, whole, start, headers, body },
    ...{ status: range === null ? 200 : 206, isChunked: false, before: '', trailers: '', after: '' },
    ...{ end: null, cutAt: 0, stallMs: 0, dripMs: 0, isFile: true, isFinal: false },
  };
  if (isRefused || isBeyond) {
    draft.status = isRefused ? 403 : 416;
    draft.isFile = false;
    if (isBeyond) headers.set('content-range', [`bytes */${whole.length}`]);
    return draft;
  }
  headers.set('content-type', ['application/octet-stream']);
  if (file.ranges !== 'ignored') headers.set('accept-ranges', ['bytes']);
  for (const [name, value] of Object.entries(validators)) headers.set(name, [value]);
  if (range !== null) headers.set('content-range', [`bytes ${start}-${end - 1}/${whole.length}`]);
  const hash =
    file.hashOn === 'all' || (file.hashOn === 'parts') === (range !== null) ? hashOf(file, whole) : '';
  if (hash !== '') headers.set('x-goog-hash', [hash]);
  return draft;
}

function validatorsOf({ validators }: ServedFile, version: number): Record<string, string> {
  const date = (minute: number) => ({
    'last-modified': new Date(1_600_000_000_000 + minute * 60_000).toUTCString(),
  });
  const tag = `"v${version}"`;
  switch (validators) {
    case 'strong':
      return { etag: tag };
    case 'weak':
      return { etag: `W/${tag}` };
    case 'date':
      return date(version);
    case 'strong and date':
      return { etag: tag, ...date(version) };
    // Both within the second that dates tell.
    case 'weak, one date':
      return { etag: `W/${tag}`, ...date(1) };
    case 'none':
      return {};
  }
}

function rangeOf({ ranges }: ServedFile, { range, ifRange }: Asked, size: number, validators: string[]) {
  if (range === null || ranges === 'ignored') return null;
  if (ranges !== 'given, If-Range ignored' && ifRange !== null && !validators.includes(ifRange)) return null;
  return { start: range.first, end: Math.min(size, (range.last ?? size) + 1) };
}

const md5Of = (bytes: Buffer) => `md5=${createHash('md5').update(bytes).digest('base64')}`;

function hashOf({ hash }: ServedFile, whole: Buffer): string {
  switch (hash) {
    case 'none':
      return '';
    case 'crc32c':
      return publishedHash(whole);
    case 'md5':
      return md5Of(whole);
    case 'both':
      return `${publishedHash(whole)},${md5Of(whole)}`;
    case 'wrong':
      return publishedHash(Buffer.from('something else'));
    case 'garbage':
      return 'crc32c=none,md5=!!!';
  }
}
