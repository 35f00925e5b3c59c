import fc from 'fast-check';
import Papa from 'papaparse';
import { expect, it } from 'vitest';
import { appendCell, cellSays } from '../../src/csv/cell.ts';
import { cutCell, encodeCell, isPlaceholder, MAX_CELL_CHARACTERS } from '../../src/csv/index.ts';
import { OutputBuffer } from '../../src/csv/output-buffer.ts';

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

const anyText = fc.string({
  unit: fc.constantFrom('a', 'Z', '7', ' ', ',', ';', '\t', '"', '\r', '\n', '\0', 'é', '😀', '\uD800'),
});

it('appends to the output exactly what it would encode, and knows it again', () => {
  const rules = fc.record({
    delimiter: fc.constantFrom(',' as const, ';' as const, '\t' as const),
    wasQuoted: fc.boolean(),
  });
  const long = fc.constantFrom('a'.repeat(300), `${'b'.repeat(299)},`, 'c'.repeat(MAX_CELL_CHARACTERS + 1));
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: anyText }, long), anyText, rules, (text, other, rule) => {
      const out = new OutputBuffer({ write: () => Promise.reject(new Error('not yet')) }, 16);
      appendCell(out, text, rule);
      const bytes = out.bytes.subarray(0, out.filled);
      expect(bytes.toString('hex')).toBe(encodeCell(text, rule).toString('hex'));
      const raw = Buffer.concat([Buffer.from('x,'), bytes, Buffer.from(',"')]);
      expect(cellSays(raw, 2, 2 + bytes.length, text)).toBe(true);
      expect(cellSays(raw, 2, 2 + bytes.length, other)).toBe(cutCell(other) === cutCell(text));
    }),
  );
});

it('compares with what a cell says that is no UTF-8', () => {
  expect(cellSays(Buffer.from('caf\u00E9', 'latin1'), 0, 4, 'café')).toBe(true);
  expect(cellSays(Buffer.from('caf\u00E9', 'latin1'), 0, 4, 'cafe')).toBe(false);
});
