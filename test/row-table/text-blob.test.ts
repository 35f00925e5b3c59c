import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sortByText } from '../../src/row-table/sort-by-text.ts';
import { searchable, TextBlob } from '../../src/row-table/text-blob.ts';
import { TextPieces } from '../../src/row-table/text-pieces.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rowtrail-texts-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Rows of a field of no matter and the one that is looked at. */
function blobOf(texts: readonly string[], pieces = new TextPieces(folder)): TextBlob {
  const blob = new TextBlob(0, pieces);
  for (const [at, text] of texts.entries()) {
    blob.beginRow(2);
    blob.addText(`x${at}`);
    blob.addText(text);
    blob.endRow();
  }
  return blob;
}

function found(blob: TextBlob, ...words: string[]): number[][] {
  const marks = new Uint8Array(blob.count);
  blob.search(words.map(searchable), marks, { isAllOrNothing: false });
  const all = new Uint8Array(blob.count);
  blob.search(words.map(searchable), all, { isAllOrNothing: true });
  const whole = 2 ** words.length - 1;
  expect(all.map((mark) => Number(mark === whole))).toEqual(marks.map((mark) => Number(mark === whole)));
  return words.map((_, word) => [...marks.keys()].filter((row) => ((marks[row] ?? 0) & (1 << word)) !== 0));
}

function sorted(
  blob: TextBlob,
  options?: { readonly shorterFirst?: boolean },
): { order: number[]; steps: number } {
  const sorting = sortByText(blob, 1, options);
  for (let steps = 0; ; steps++) {
    const step = sorting.next();
    if (step.done === true) return { order: [...step.value], steps };
  }
}

/** Three pieces and more. */
const MANY = Array.from(
  { length: 9000 },
  (_, at) => `${(at * 7919) % 9000} ${'long '.repeat(70)}${at % 3 === 0 ? 'Ärger' : ''}`,
);

describe('the texts of many rows', () => {
  it('are searched over all pieces, from the disk and from memory alike, and leave no file behind', async () => {
    using onDisk = blobOf(MANY);
    expect(await readdir(folder)).toEqual([]);
    using inMemory = blobOf(MANY, new TextPieces(join(folder, 'is not there')));
    for (const blob of [onDisk, inMemory]) {
      const [arger, none, one] = found(blob, 'ärger', 'nowhere', '8999 l');
      expect(arger).toEqual(MANY.flatMap((_, at) => (at % 3 === 0 ? [at] : [])));
      expect(none).toEqual([]);
      expect(one).toEqual(MANY.flatMap((text, at) => (text.startsWith('8999 ') ? [at] : [])));
      expect(sorted(blob).order).toEqual(byBytes(MANY));
    }
  });

  it('are found where a plain look finds them', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'B', 'é', 'ß', '日', '1', '.'), maxLength: 12 });
    const word = fc.string({
      unit: fc.constantFrom('a', 'b', 'é', '日', '1', '.'),
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 40 }),
        fc.array(word, { minLength: 1, maxLength: 3 }),
        (texts, words) => {
          using blob = blobOf(texts);
          const expected = words.map((each) =>
            texts.flatMap((said, at) =>
              searchable(said).includes(each) || `x${at}`.includes(each) ? [at] : [],
            ),
          );
          expect(found(blob, ...words)).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are found wherever they mostly stand, and elsewhere as well', () => {
    const texts = Array.from({ length: 400 }, (_, at) =>
      at % 7 === 0
        ? `aab first ${'x'.repeat(40)}`
        : at % 3 === 0
          ? 'none ab ba'
          : `${'y'.repeat(at % 50)} last aab`,
    );
    using blob = blobOf(texts);
    expect(found(blob, 'aab')).toEqual([[...texts.keys()].filter((at) => texts[at]?.includes('aab'))]);
  });

  it('are sorted by their bytes, equal ones as they stand, with pauses in between', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', ' '), maxLength: 9 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 200 }), (texts) => {
        using blob = blobOf(texts);
        expect(sorted(blob).order).toEqual(byBytes(texts));
      }),
    );
    const names = Array.from({ length: 60_000 }, (_, at) => `name ${(at * 7919) % 500} of many`);
    using blob = blobOf(names);
    const { order, steps } = sorted(blob);
    expect(order).toEqual(byBytes(names));
    expect(steps).toBeGreaterThan(5);
  });

  it('ascend like numbers where shorter ones come first', () => {
    const ids = fc.array(fc.nat(3000), { maxLength: 150 });
    fc.assert(
      fc.property(ids, (numbers) => {
        using blob = blobOf(numbers.map(String));
        const { order } = sorted(blob, { shorterFirst: true });
        expect(order.map((row) => numbers[row])).toEqual(numbers.toSorted((one, other) => one - other));
      }),
    );
  });

  it('cannot be read any more once they are closed', () => {
    const blob = blobOf(MANY);
    blob[Symbol.dispose]();
    expect(() => found(blob, 'long')).toThrow('closed');
  });
});

function byBytes(texts: readonly string[]): number[] {
  const bytes = texts.map((text) => Buffer.from(searchable(text)).subarray(0, 64));
  return [...texts.keys()].toSorted(
    (one, other) => Buffer.compare(bytes[one] ?? NONE, bytes[other] ?? NONE) || one - other,
  );
}

const NONE = Buffer.alloc(0);
