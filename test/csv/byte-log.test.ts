import { expect, it } from 'vitest';
import { ByteLog } from '../../src/csv/byte-log.ts';

/** Sizes that end shortly before, at and behind the end of a block, and an entry larger than one. */
const SIZES = [
  0, 1, 4090, 0, 3, 1_048_560, 2, 0, 0, 0, 1_048_572, 1, 3_000_000, 0, 5, 300_000, 300_000, 300_000, 300_000,
];

function entry(size: number, seed: number): Buffer {
  return Buffer.alloc(size, String.fromCharCode(97 + (seed % 26)));
}

it('compares each entry with the one that was added in its place, across blocks', () => {
  const log = new ByteLog();
  const padded = (bytes: Buffer) => Buffer.concat([Buffer.from('>>'), bytes, Buffer.from('<')]);
  for (const [at, size] of SIZES.entries()) log.add(padded(entry(size, at)), 2, 2 + size);
  for (const _ of [1, 2]) {
    log.rewind();
    for (const [at, size] of SIZES.entries()) {
      expect(log.nextEquals(padded(entry(size, at)), 2, 2 + size), `entry ${at}`).toBe(true);
    }
  }
});

it('keeps a byte for what repeats, and whole what only looks like it', () => {
  const log = new ByteLog();
  const types = Array.from({ length: 20_000 }, (_, at) => Buffer.from(`T-${at % 7 === 0 ? at : at % 40}`));
  for (const type of types) log.add(type, 0, type.length);
  log.rewind();
  expect(types.every((type) => log.nextEquals(type, 0, type.length))).toBe(true);
  log.rewind();
  const next = types.map((_, at) => types[(at + 1) % types.length] ?? Buffer.alloc(0));
  expect(next.filter((type) => log.nextEquals(type, 0, type.length))).toEqual([]);
  expect(() => log.nextEquals(Buffer.from('more'), 0, 4)).toThrow(RangeError);
});

it('tells an entry of another length or with another byte, and goes on behind it', () => {
  const log = new ByteLog();
  for (const text of ['INTJ', 'ENFP', '']) log.add(Buffer.from(text), 0, text.length);
  log.rewind();
  expect(log.nextEquals(Buffer.from('INTP'), 0, 4)).toBe(false);
  expect(log.nextEquals(Buffer.from('ENFP#'), 0, 5)).toBe(false);
  expect(log.nextEquals(Buffer.from(''), 0, 0)).toBe(true);
});
