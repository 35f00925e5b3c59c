import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeCell } from '../../src/csv/cell.ts';
import { RepeatedTexts } from '../../src/csv/repeated-texts.ts';

it('gives the text of every cell, met before or not, whatever bytes it holds', () => {
  const word = fc.oneof(
    fc.constantFrom('', 'FF #1', '"FF #1"', '"a ""b"""', 'ü', '\u{1F600}', 'x'.repeat(48), 'x'.repeat(49)),
    fc.string({ maxLength: 6 }),
  );
  const cell = fc.oneof(
    word.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 5 }).map((raw) => Buffer.from(raw)),
  );
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 60 }), (cells) => {
      const texts = new RepeatedTexts();
      for (const bytes of [...cells, ...cells])
        expect(texts.decode(bytes, 0, bytes.length)).toBe(decodeCell(bytes, 0, bytes.length));
    }),
  );
});
