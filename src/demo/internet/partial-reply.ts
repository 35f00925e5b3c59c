import { parseRangeHeader, type ByteRange } from './byte-range.ts';
import { EMPTY, type Content } from './content.ts';
import type { Reply } from './reply.ts';

/** What a file is sent with. */
interface FileReply {
  readonly content: Content;
  readonly headers: Readonly<Record<string, string>>;
  /** The request's `Range`. */
  readonly range: string | undefined;
  /** The request's `If-Range`: a range is honoured only when it names this file's ETag or Last-Modified. */
  readonly ifRange?: string | undefined;
}

/** A file, or the part of it that was asked for: 200, 206 with Content-Range, or 416. */
export function fileReply({ content, headers, range, ifRange }: FileReply): Reply {
  const whole: Reply = { status: 200, headers: { ...headers, 'accept-ranges': 'bytes' }, body: content };
  if (ifRange !== undefined && ifRange !== headers['etag'] && ifRange !== headers['last-modified'])
    return whole;
  const part = parseRangeHeader(range, content.size);
  if (part === null) return whole;
  if (part === 'unsatisfiable')
    return { status: 416, headers: { 'content-range': `bytes */${content.size}` }, body: EMPTY };
  return {
    ...whole,
    status: 206,
    headers: { ...whole.headers, 'content-range': `bytes ${part.start}-${part.end}/${content.size}` },
    body: partOf(content, part),
  };
}

/** A view of a part of a content. */
export function partOf(content: Content, { start, end }: ByteRange): Content {
  return {
    size: end - start + 1,
    slice: (from, to) => content.slice(start + from, Math.min(start + to, end + 1)),
  };
}
