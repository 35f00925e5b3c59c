const POLYNOMIAL = 0x82f63b78;

/** Tables for eight bytes at a time: `TABLES[k][b]` is the remainder of byte `b` followed by `k` zero bytes. */
const TABLES = Array.from({ length: 8 }, () => new Int32Array(256));
for (const [zeros, table] of TABLES.entries()) {
  const shorter = TABLES[zeros - 1];
  for (let byte = 0; byte < 256; byte += 1) {
    const before = shorter?.[byte];
    table[byte] =
      before === undefined ? remainderOf(byte) : (before >>> 8) ^ (TABLES[0]?.[before & 0xff] ?? 0);
  }
}

function remainderOf(byte: number): number {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1;
  }
  return remainder;
}

/** Continues a CRC-32C (Castagnoli) over more bytes; the first call begins with 0. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const at = (table: Int32Array, index: number) => table[index & 0xff] as number;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let crc = ~before;
  let i = 0;
  for (; i + 8 <= bytes.length; i += 8) {
    const low = view.getInt32(i, true) ^ crc;
    const high = view.getInt32(i + 4, true);
    crc =
      at(t7, low) ^
      at(t6, low >>> 8) ^
      at(t5, low >>> 16) ^
      at(t4, low >>> 24) ^
      at(t3, high) ^
      at(t2, high >>> 8) ^
      at(t1, high >>> 16) ^
      at(t0, high >>> 24);
  }
  for (; i < bytes.length; i += 1) crc = (crc >>> 8) ^ at(t0, crc ^ (bytes[i] as number));
  return ~crc >>> 0;
}
