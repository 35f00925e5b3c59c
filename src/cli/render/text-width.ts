import { createRequire } from 'node:module';
import { stripVTControlCharacters } from 'node:util';

const PRINTABLE_ASCII = /^[\u0020-\u007e]*$/;

let measure: ((text: string) => number) | null = null;

/**
 * Columns that a text takes on a terminal; colours take none. What measures scripts beyond ASCII takes longer to load than most
 * texts take to be shown (12 ms: it brings the rules of all scripts), and most commands never meet one.
 */
export function textWidth(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (PRINTABLE_ASCII.test(plain)) return plain.length;
  measure ??= (createRequire(import.meta.url)('string-width') as typeof import('string-width')).default;
  return measure(text);
}
