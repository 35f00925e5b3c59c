import { readDisposition } from '../names/disposition.ts';

/** What the headers of a file's answer say about the file. */
export interface ResponseFacts {
  /** Of the whole file, in bytes; null where the answer does not say, as in `bytes 0-99/*`. */
  readonly size: number | null;
  /** Where the body begins within the file, in bytes. */
  readonly start: number;
  /** Where the body is to end within the file, the first byte behind it; null where the answer does not say. */
  readonly end: number | null;
  /** Whether the host says that it gives out ranges. */
  readonly acceptsRanges: boolean;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** The published checksums, base64. */
  readonly md5: string | null;
  readonly crc32c: string | null;
  /** The published SHA-256, hex; no header says it. */
  readonly sha256: string | null;
  readonly isAttachment: boolean;
  /** The host's name for the file; hostile. */
  readonly name: string | null;
  /** The media type alone, in lower case. */
  readonly mediaType: string | null;
  /** What the host did to the file's bytes before it sent them (Content-Encoding, in lower case); null for nothing. */
  readonly encoding: string | null;
  /** Whether the end of the body can be told from a connection that was cut. */
  readonly hasEnd: boolean;
}

/** Reads the headers (lower-case names) of an answer of status 200 or 206; null where a 206 does not say which part it is, or contradicts itself. */
export function responseFacts(status: number, headers: ReadonlyMap<string, string>): ResponseFacts | null {
  const mediaType = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() || null;
  const isOneRange = status === 206 && mediaType !== 'multipart/byteranges';
  const range = isOneRange ? contentRange(headers.get('content-range')) : null;
  const length = wholeNumber(headers.get('content-length'));
  if (status === 206 && (range === null || (length !== null && length !== range.end - range.start)))
    return null;
  const disposition = readDisposition(headers.get('content-disposition'));
  const encoding = encodingOf(headers.get('content-encoding'));
  const hashes = googleHashes(headers, encoding);
  return {
    size: range === null ? length : range.size,
    start: range?.start ?? 0,
    end: range === null ? length : range.end,
    acceptsRanges: range !== null || /\bbytes\b/i.test(headers.get('accept-ranges') ?? ''),
    etag: headers.get('etag') || null,
    lastModified: headers.get('last-modified') || null,
    md5: hashes.get('md5') ?? null,
    crc32c: hashes.get('crc32c') ?? null,
    sha256: null,
    isAttachment: disposition.isAttachment,
    name: disposition.name,
    mediaType,
    encoding,
    hasEnd: length !== null || headers.get('transfer-encoding')?.trim().toLowerCase() === 'chunked',
  };
}

/**
 * Whether a part of one answer may be continued with the body of another: the size is the same, nothing that both say
 * differs, and something that changes with the content (tag, date or checksum) is said by both.
 */
export function isSameContent(
  a: Pick<ResponseFacts, 'size' | 'etag' | 'lastModified' | 'md5' | 'crc32c' | 'encoding'>,
  b: typeof a,
): boolean {
  if (a.size === null || a.size !== b.size || a.encoding !== b.encoding) return false;
  // Weak tags that agree prove nothing, and those that differ do.
  if (a.etag !== null && b.etag !== null && opaque(a.etag) !== opaque(b.etag)) return false;
  const pairs = [
    [strongTag(a.etag), strongTag(b.etag)],
    [a.lastModified, b.lastModified],
    [a.md5, b.md5],
    [a.crc32c, b.crc32c],
  ] as const;
  const said = pairs.filter(([left, right]) => left !== null && right !== null);
  return said.length > 0 && said.every(([left, right]) => left === right);
}

/** What If-Range takes: a strong tag, else the date; null where there is neither. */
export function ifRange({ etag, lastModified }: Pick<ResponseFacts, 'etag' | 'lastModified'>): string | null {
  return strongTag(etag) ?? lastModified;
}

function strongTag(etag: string | null): string | null {
  return etag === null || etag.startsWith('W/') ? null : etag;
}

const opaque = (etag: string) => etag.replace(/^W\//, '');

/** How checksums are written, by algorithm: what is written otherwise is none, and says nothing against the bytes. */
const CHECKSUMS: ReadonlyMap<string, RegExp> = new Map([
  ['crc32c', /^[A-Za-z0-9+/]{6}==$/],
  ['md5', /^[A-Za-z0-9+/]{22}==$/],
]);

/**
 * `crc32c=n03x6A==,md5=Ojk9c3dhfxgoKVVHYwFbHQ==`: of the bytes as the host keeps them, which says nothing of what it compresses or
 * decompresses on the way (Cloud Storage: transcoding).
 */
function googleHashes(
  headers: ReadonlyMap<string, string>,
  encoding: string | null,
): ReadonlyMap<string, string> {
  const kept = headers.get('x-goog-stored-content-encoding');
  if (kept !== undefined && encodingOf(kept) !== encoding) return new Map();
  const pairs = (headers.get('x-goog-hash') ?? '').split(',').map((pair): [string, string] => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at).trim().toLowerCase(), pair.slice(at + 1).trim()];
  });
  return new Map(pairs.filter(([name, value]) => CHECKSUMS.get(name)?.test(value) === true));
}

function encodingOf(header: string | undefined): string | null {
  const encoding = header?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return null;
  return encoding === 'x-gzip' ? 'gzip' : encoding;
}

function contentRange(
  header: string | undefined,
): { start: number; end: number; size: number | null } | null {
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i.exec(header?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || total === undefined) return null;
  const range = { start: Number(first), end: Number(last) + 1, size: total === '*' ? null : Number(total) };
  return range.start < range.end && range.end <= (range.size ?? Infinity) ? range : null;
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text.trim()) ? Number(text) : null;
}
