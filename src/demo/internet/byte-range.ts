/** A part of a body: `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The one range that a `Range` header asks for, clamped to the size. Null for none or one that is not understood (the
 * whole body is the answer then); `unsatisfiable` where it begins behind the end.
 */
export function parseRangeHeader(
  header: string | undefined,
  size: number,
): ByteRange | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (!match || (first === '' && last === '')) return null;
  if (first === '')
    return size > 0 ? { start: Math.max(0, size - Number(last)), end: size - 1 } : 'unsatisfiable';
  if (last !== '' && Number(last) < Number(first)) return null;
  return clamp({ start: Number(first), end: last === '' ? size - 1 : Number(last) }, size);
}

/** The same for the `range=a-b` of a media address. */
export function parseRangeQuery(query: string | null, size: number): ByteRange | 'unsatisfiable' | null {
  return query === null ? null : parseRangeHeader(`bytes=${query}`, size);
}

function clamp({ start, end }: ByteRange, size: number): ByteRange | 'unsatisfiable' {
  return start < size ? { start, end: Math.min(end, size - 1) } : 'unsatisfiable';
}
