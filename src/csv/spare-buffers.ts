/** Bytes that are kept at most. */
const MOST_BYTES = 3 * 1024 * 1024;

const spare: Buffer[] = [];
let kept = 0;

/**
 * Buffers of rewrites that are over, for the next one: whoever writes a CSV again and again would otherwise throw away several
 * times its bytes each time, and the garbage collector would take longer than the writing.
 */
export function takeBuffer(bytes: number): Buffer {
  const at = spare.findIndex(({ length }) => length >= bytes && length <= bytes * 2);
  if (at < 0) return Buffer.allocUnsafe(bytes);
  const [buffer = Buffer.allocUnsafe(bytes)] = spare.splice(at, 1);
  kept -= buffer.length;
  return buffer;
}

/** Gives a buffer back whose bytes nobody looks at any more. */
export function giveBuffer(buffer: Buffer): void {
  if (buffer.length > MOST_BYTES || spare.includes(buffer)) return;
  spare.push(buffer);
  kept += buffer.length;
  while (kept > MOST_BYTES) kept -= spare.shift()?.length ?? kept;
}
