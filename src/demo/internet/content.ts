import { createHash } from 'node:crypto';

/** Bytes that can be read from anywhere, so that ranges of large files cost no memory. */
export interface Content {
  /** Bytes. */
  readonly size: number;
  /** The bytes from `start` up to, not including, `end`. */
  slice(start: number, end: number): Buffer;
}

/** Bytes that are the same for the same seed, of any size. */
export interface GeneratedBody {
  /** Bytes. */
  readonly size: number;
  readonly seed: string | number;
}

const BLOCK_BYTES = 64 * 1024;

export const EMPTY: Content = contentOf(Buffer.alloc(0));

export function contentOf(body: Buffer | string): Content {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  return { size: bytes.length, slice: (start, end) => bytes.subarray(start, end) };
}

/** Noise that no compressor shrinks: one random block, repeated with its own number in front. */
export function generatedContent({ size, seed }: GeneratedBody): Content {
  const block = noise(String(seed));
  return {
    size,
    slice(start, end) {
      const last = Math.min(end, size);
      const parts: Buffer[] = [];
      for (let at = start; at < last;) {
        const number = Math.floor(at / BLOCK_BYTES);
        const blockStart = number * BLOCK_BYTES;
        const numbered = Buffer.from(block);
        numbered.writeUInt32BE(number, 4);
        const upTo = Math.min(last, blockStart + BLOCK_BYTES);
        parts.push(numbered.subarray(at - blockStart, upTo - blockStart));
        at = upTo;
      }
      return Buffer.concat(parts);
    },
  };
}

/** One content after the other. */
export function joined(first: Content, second: Content): Content {
  return {
    size: first.size + second.size,
    slice: (start, end) =>
      Buffer.concat([
        first.slice(Math.min(start, first.size), Math.min(end, first.size)),
        second.slice(Math.max(0, start - first.size), Math.max(0, end - first.size)),
      ]),
  };
}

/** Walks through a content in blocks, without holding it whole. */
export function* blocksOf(content: Content, start = 0, end = content.size): Generator<Buffer> {
  for (let at = start; at < end; at += BLOCK_BYTES) yield content.slice(at, Math.min(end, at + BLOCK_BYTES));
}

function noise(seed: string): Buffer {
  const parts: Buffer[] = [];
  for (let index = 0; index * 32 < BLOCK_BYTES; index += 1)
    parts.push(createHash('sha256').update(`${seed}/${index}`).digest());
  const block = Buffer.concat(parts);
  block.writeUInt32BE(0, 0); // no magic number of a file type, whatever the seed
  return block;
}
