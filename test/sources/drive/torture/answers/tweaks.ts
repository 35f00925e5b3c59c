import type { Draft } from './draft.ts';
import {
  STATUSES,
  RETRY_AFTER,
  DISPOSITIONS,
  TYPES,
  PAGES,
  INTERIM,
  ENCODINGS,
  RANGES,
} from './odd-values.ts';

const pick = <T>(options: readonly T[], arg: number): T => options[arg % options.length] as T;
const header = ({ headers }: Draft, name: string, ...values: string[]) => void headers.set(name, values);

/** In place of the file. */
function instead(draft: Draft, status: number, body: string): void {
  draft.isFile = false;
  draft.isChunked = false;
  draft.status = status;
  draft.body = Buffer.from(body);
  draft.headers.clear();
  header(draft, 'content-length', String(draft.body.length));
}

/** Changes the Content-Length, which then ends the connection, too. */
function lengths(draft: Draft, ...values: string[]): void {
  header(draft, 'content-length', ...values);
  draft.end ??= 'closed';
}

/** Everything that may be wrong with an answer. */
const TWEAKS = {
  status: (draft, arg) => {
    const status = pick(STATUSES, arg);
    instead(draft, status, arg % 2 === 0 ? '' : pick(PAGES.slice(0, 2), arg));
    if (arg % 3 === 0) header(draft, 'retry-after', pick(RETRY_AFTER, arg));
    if ([401, 403, 404, 410].includes(status)) draft.isFinal = true;
    if (status === 204 || status === 304) draft.body = Buffer.alloc(0);
  },
  'server error': (draft, arg) => instead(draft, pick([500, 502, 503, 504, 429, 408], arg), ''),
  redirect: (draft, arg) => {
    const { path } = draft.asked;
    const places = [
      path,
      `${path}?again=1`,
      './other.bin',
      '/loop',
      'javascript:alert(1)',
      '',
      'http://[',
      'ftp://x/',
    ];
    const where = [...places, 'http://169.254.169.254/latest/meta-data', '//127.0.0.1:1/x'];
    instead(draft, pick([301, 302, 303, 307, 308], arg), '');
    const place = pick(where, arg);
    header(draft, 'location', place);
    if (place.includes('169.254')) draft.isFinal = true;
  },
  page: (draft, arg) => {
    instead(draft, pick([200, 200, 206], arg), pick(PAGES, arg));
    header(
      draft,
      'content-type',
      pick(['text/html', 'application/octet-stream', 'text/html; charset=x'], arg),
    );
    if (draft.status === 206)
      header(draft, 'content-range', `bytes 0-${draft.body.length - 1}/${draft.body.length}`);
  },
  cut: (draft, arg) => {
    draft.end = arg % 2 === 0 ? 'cut' : 'reset';
    draft.cutAt = Math.floor((draft.body.length * (arg >> 1)) / 500);
  },
  'says more than comes': (draft, arg) => lengths(draft, String(draft.body.length + 1 + arg)),
  'says less than comes': (draft, arg) => lengths(draft, String(Math.max(0, draft.body.length - 1 - arg))),
  'wrong lengths': (draft, arg) => {
    const { length } = draft.body;
    const values = [
      ['-5'],
      ['12x'],
      ['99999999999999999999'],
      [`${length}`, `${length}`],
      [`${length}`, '3'],
      [''],
    ];
    lengths(draft, ...pick(values, arg));
  },
  'no length': (draft) => {
    draft.headers.delete('content-length');
    draft.end ??= 'closed';
  },
  chunked: (draft, arg) => {
    draft.isChunked = true;
    header(draft, 'transfer-encoding', 'chunked');
    if (arg % 8 !== 0) draft.headers.delete('content-length');
    draft.trailers = arg % 3 === 0 ? 'x-goog-hash: crc32c=AAAAAA==\r\nContent-Length: 3\r\n' : '';
  },
  'chunked, too early its end': (draft, arg) => {
    TWEAKS.chunked(draft, 1);
    draft.body = draft.body.subarray(0, Math.floor((draft.body.length * arg) / 1000));
  },
  'other transfer encoding': (draft, arg) => {
    const encoding = pick(ENCODINGS, arg);
    draft.headers.delete('content-length');
    header(draft, 'transfer-encoding', encoding);
    draft.isChunked = encoding.includes('chunked');
    draft.end ??= 'closed';
  },
  'content encoding': (draft, arg) =>
    header(draft, 'content-encoding', pick(['gzip', 'br', 'identity', 'x', 'identity, gzip', ''], arg)),
  'shifted range': (draft, arg) => {
    const first = draft.start + (arg % 2 === 0 ? 1 : -1) * (1 + (arg % 7));
    // What says to begin the file and does not is a lie that nobody sees.
    if (draft.status !== 206 || first <= 0) return;
    header(draft, 'content-range', `bytes ${first}-${first + draft.body.length - 1}/${draft.whole.length}`);
  },
  'other total': (draft, arg) => {
    if (draft.status !== 206) return;
    const { start, body, whole } = draft;
    const total = pick(['*', String(whole.length + 1 + arg), String(start + body.length)], arg);
    header(draft, 'content-range', `bytes ${start}-${start + body.length - 1}/${total}`);
  },
  'wrong range': (draft, arg) => {
    if (draft.status === 206) header(draft, 'content-range', pick(RANGES, arg));
  },
  'part unasked': (draft, arg) => {
    const { whole } = draft;
    // Of nothing there is no part, and a promise of one would be kept waiting for.
    if (draft.status !== 200 || whole.length === 0) return;
    const end = Math.max(1, Math.floor((whole.length * arg) / 999));
    draft.status = 206;
    draft.body = whole.subarray(0, end);
    header(draft, 'content-length', String(end));
    header(draft, 'content-range', `bytes 0-${end - 1}/${whole.length}`);
  },
  'several parts': (draft) => header(draft, 'content-type', 'multipart/byteranges; boundary=x'),
  'no validators': ({ headers }) => void (headers.delete('etag'), headers.delete('last-modified')),
  // One tag for two versions is a lie that nobody sees.
  'other tag': (draft, arg) =>
    header(draft, 'etag', pick(['"x"', 'W/"x"', 'x', '"v"'], arg).replace(/\w(?="?$)/, `$&${draft.version}`)),
  'no ranges': (draft, arg) => header(draft, 'accept-ranges', pick(['none', 'x', ''], arg)),
  disposition: (draft, arg) => header(draft, 'content-disposition', pick(DISPOSITIONS, arg)),
  type: (draft, arg) => header(draft, 'content-type', pick(TYPES, arg)),
  'other hash': (draft, arg) =>
    header(
      draft,
      'x-goog-hash',
      ...pick([['sha1=AAAA'], ['crc32c='], ['=,='], ['md5=short'], ['crc32c=?', 'x=y']], arg),
    ),
  'no hash': ({ headers }) => void headers.delete('x-goog-hash'),
  'answer before': (draft, arg) => {
    draft.before = pick(INTERIM, arg);
    draft.end ??= 'closed';
  },
  'more behind': (draft, arg) => {
    draft.after = pick(['garbage', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno', '\0\0\0', '\r\n'], arg);
  },
  'long headers': (draft, arg) => header(draft, 'x-long', 'x'.repeat(arg % 2 === 0 ? 4000 : 40_000)),
  'wrong header': (draft, arg) => {
    header(
      draft,
      pick(['x\u0000y', 'no colon', 'x y', 'x'], arg),
      pick(['a\rb', 'a\u0000b', '\u00ff', 'a'], arg >> 2),
    );
    draft.end ??= 'closed';
  },
  'no bytes': (draft) => {
    draft.body = Buffer.alloc(0);
    draft.isFile = false;
    header(draft, 'content-length', '0');
  },
  close: (draft) => {
    header(draft, 'connection', 'close');
    draft.end ??= 'closed';
  },
  stall: (draft, arg) => void (draft.stallMs = arg % 300),
  drip: (draft, arg) => void (draft.dripMs = 20 + (arg % 80)),
} satisfies Record<string, (draft: Draft, arg: number) => void>;

export type TweakName = keyof typeof TWEAKS;
export const TWEAK_NAMES = Object.keys(TWEAKS) as readonly TweakName[];

export function apply(draft: Draft, name: TweakName, arg: number): void {
  TWEAKS[name](draft, arg);
}
