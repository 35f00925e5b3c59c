import { createHash } from 'node:crypto';
import { blocksOf, type Content } from '../content.ts';

/** CRC-32C (Castagnoli), a byte at a time. */
const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

const known = new WeakMap<Content, string>();
const inHex = new WeakMap<Content, { md5: string; sha256: string }>();

/** The checksums of these bytes as the API gives them, hex; `wrong`: of other ones. */
export function checksumsOf(
  content: Content,
  { wrong }: { wrong: boolean },
): { md5: string; sha256: string } {
  const before = wrong ? undefined : inHex.get(content);
  if (before !== undefined) return before;
  const md5 = createHash('md5');
  const sha256 = createHash('sha256');
  for (const block of wrong ? [Buffer.from('other bytes')] : blocksOf(content)) {
    md5.update(block);
    sha256.update(block);
  }
  const sums = { md5: md5.digest('hex'), sha256: sha256.digest('hex') };
  if (!wrong) inHex.set(content, sums);
  return sums;
}

/** The value of `x-goog-hash` for these bytes; `wrong`: for other ones. Reads a content once, however often it is asked. */
export function checksums(content: Content, { wrong }: { wrong: boolean }): string {
  if (wrong) return describe([Buffer.from('other bytes')]);
  const value = known.get(content) ?? describe(blocksOf(content));
  known.set(content, value);
  return value;
}

function describe(blocks: Iterable<Buffer>): string {
  const md5 = createHash('md5');
  let crc = 0xffffffff;
  for (const block of blocks) {
    md5.update(block);
    for (const byte of block) crc = (crc >>> 8) ^ (CRC32C_TABLE[(crc ^ byte) & 0xff] ?? 0);
  }
  const crcBytes = Buffer.alloc(4);
  crcBytes.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return `crc32c=${crcBytes.toString('base64')},md5=${md5.digest('base64')}`;
}
