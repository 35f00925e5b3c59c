import fc from 'fast-check';
import Papa from 'papaparse';
import { expect, it } from 'vitest';
import { cutCell, encodeCell, isPlaceholder, MAX_CELL_CHARACTERS } from '../../src/csv/index.ts';

const DELIMITERS = [',', ';', '\t'] as const;

it('writes cells that an independent parser reads back', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', ' ', ',', ';', '\t', '"', '\n', '\r', 'é', '🎬'),
    maxLength: 20,
  });
  fc.assert(
    fc.property(text, fc.constantFrom(...DELIMITERS), fc.boolean(), (cell, delimiter, wasQuoted) => {
      const bytes = encodeCell(cell, { delimiter, wasQuoted });
      const line = `x${delimiter}${bytes.toString()}${delimiter}y`;
      const { data } = Papa.parse<string[]>(line, { delimiter, newline: '\n' });
      expect(data).toEqual([['x', cell, 'y']]);
    }),
  );
});

it.each([
  ['pending', ',', false, 'pending'],
  ['pending', ',', true, '"pending"'],
  ['', ',', true, '""'],
  ['a,b', ',', false, '"a,b"'],
  ['a,b', ';', false, 'a,b'],
  ['a\tb', '\t', false, '"a\tb"'],
  [' a', ',', false, '" a"'],
  ['a ', ',', false, '"a "'],
  ['say "hi"', ',', false, '"say ""hi"""'],
] as const)('writes %j with %j (quoted before: %s) as %s', (text, delimiter, wasQuoted, expected) => {
  expect(encodeCell(text, { delimiter, wasQuoted }).toString()).toBe(expected);
});

it('never writes more than 32,000 characters into a cell, and says how many it left out', () => {
  expect(cutCell('x'.repeat(MAX_CELL_CHARACTERS))).toBe('x'.repeat(MAX_CELL_CHARACTERS));
  fc.assert(
    fc.property(fc.integer({ min: MAX_CELL_CHARACTERS + 1, max: 140_000 }), fc.boolean(), (length, wide) => {
      const text = (wide ? '🎬' : 'ab').repeat(Math.ceil(length / 2));
      const cut = cutCell(text);
      const [, kept = '', leftOut = ''] = /^(.*)…\+(\d+)$/su.exec(cut) ?? [];
      expect(cut.length).toBeLessThanOrEqual(MAX_CELL_CHARACTERS);
      expect(cut.length).toBeGreaterThan(MAX_CELL_CHARACTERS - 8);
      expect(text.startsWith(kept)).toBe(true);
      expect(kept.length + Number(leftOut)).toBe(text.length);
      expect(cut.isWellFormed()).toBe(true);
    }),
    { numRuns: 30 },
  );
});

it('never writes a NUL byte, which would make the file unreadable', () => {
  expect(encodeCell('a\0b', { delimiter: ',' }).includes(0)).toBe(false);
});

it.each(['', ' ', '-', "'-", 'none', 'None', 'NULL', ' nan ', 'n/a', 'N/A'])(
  'takes %j for a placeholder',
  (text) => {
    expect(isPlaceholder(text)).toBe(true);
  },
);

it.each(['x', '--', 'nope', 'https://youtu.be/aaaaaaaaaaa', 'none of it'])('takes %j for a link', (text) => {
  expect(isPlaceholder(text)).toBe(false);
});
