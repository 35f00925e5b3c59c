/** The few DER encodings (X.690) that an X.509 certificate needs; a library for it would weigh more than this file. */

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOctets(body.length)]), body]);
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

export const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts);
export const setOf = (part: Buffer): Buffer => tagged(0x31, part);
export const octetString = (body: Buffer): Buffer => tagged(0x04, body);
export const utf8String = (text: string): Buffer => tagged(0x0c, Buffer.from(text));
export const TRUE = tagged(0x01, Buffer.from([0xff]));

/** Context-specific `[number]`, constructed around its parts. */
export const explicit = (number: number, ...parts: readonly Buffer[]): Buffer =>
  tagged(0xa0 | number, ...parts);

/** Context-specific `[number]`, primitive. */
export const implicit = (number: number, body: Buffer): Buffer => tagged(0x80 | number, body);

/** A positive INTEGER of these big-endian bytes. */
export function integer(bytes: Buffer): Buffer {
  const negative = (bytes[0] ?? 0) >= 0x80;
  return tagged(0x02, negative ? Buffer.from([0]) : Buffer.alloc(0), bytes);
}

/** A BIT STRING; `unusedBits` counts the meaningless bits of its last byte. */
export const bitString = (body: Buffer, unusedBits = 0): Buffer =>
  tagged(0x03, Buffer.from([unusedBits]), body);

/** An OBJECT IDENTIFIER in dotted form. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(arc: number): number[] {
  const octets = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128))
    octets.unshift(0x80 | (rest % 128));
  return octets;
}

/** A UTCTime, for years up to 2049. */
export function utcTime(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`, 'ascii'));
}
