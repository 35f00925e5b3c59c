import { expect, it } from 'vitest';
import { RowIdRegister } from '../../../src/csv/integrity/row-id-register.ts';

it('keeps row_ids apart whose hashes are the same, and the first line of each', () => {
  // Among so many texts some forty pairs share 32 bits.
  const count = 600_000;
  const register = new RowIdRegister();
  let mistaken = 0;
  for (let at = 0; at < count; at++) if (register.add(`id-${at.toString(36)}`, at) !== null) mistaken++;
  expect(mistaken).toBe(0);
  for (let at = 0; at < count; at++) if (register.add(`id-${at.toString(36)}`, -1) !== at) mistaken++;
  expect(mistaken).toBe(0);
});

it('compares whole texts', () => {
  const register = new RowIdRegister();
  const texts = ['a', 'ab', 'b', 'é', 'e\u0301', '😀', 'x'.repeat(100_000), 'x'.repeat(100_001)];
  for (const [line, text] of texts.entries()) expect(register.add(text, line)).toBeNull();
  for (const [line, text] of texts.entries()) expect(register.add(text, 99)).toBe(line);
});
