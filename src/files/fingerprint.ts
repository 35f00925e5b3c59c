import { hash } from 'node:crypto';

/**
 * A number in a text's place, for who remembers a million of them: 48 bits of its SHA-256. Two texts may have the same, so what it
 * leads to is to be looked at. Pure.
 */
export function fingerprintOf(text: string): number {
  return hash('sha256', text, 'buffer').readUIntBE(0, 6);
}
