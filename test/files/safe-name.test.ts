import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileStem, safeFileName } from '../../src/files/index.ts';
import { rowOf } from './folder.ts';

describe('a safe file name', () => {
  it.each([
    ['../../etc/passwd', '_.._.._etc_passwd'],
    ['..', '_'],
    ['', '_'],
    ['.bashrc', '_.bashrc'],
    ['-rf', '_-rf'],
    ['=1+1.csv', '_=1+1.csv'],
    ['a,b;c.txt', 'a_b;c.txt'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['com1.tar.gz', '_com1.tar.gz'],
    ['console.log', 'console.log'],
    ['what?*<>|":.mp4', 'what_______.mp4'],
    ['trailing. . .', 'trailing'],
    ['line\r\nbreak\t.pdf', 'line break .pdf'],
    ['nul\0byte', 'nul_byte'],
    ['exe\u202Efdp.scr', 'exefdp.scr'],
    ['C:\\Users\\x', 'C__Users_x'],
    ['e\u0301te\u0301.pdf', 'été.pdf'],
    ['e\u200B\u0301te\u0301.pdf', 'été.pdf'],
    ['a \u200E b.pdf', 'a b.pdf'],
  ])('makes %j into %j', (hostile, safe) => {
    expect(safeFileName(hostile)).toBe(safe);
  });

  it('keeps the extension when it cuts a long name, and cuts between characters', () => {
    const name = safeFileName(`${'é'.repeat(300)}.tar.gz`);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
    expect(name).toMatch(/^é+\.tar\.gz$/);
  });

  it('is one plain, stable component whatever it is made of', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 400 }),
          fc.string({ unit: 'grapheme' }),
          fc.string({
            unit: fc.constantFrom(
              'e',
              '\u0301',
              '\u0327',
              '\u200B',
              '\u200D',
              '\u202E',
              ' ',
              '.',
              '<',
              '\u0338',
            ),
          }),
        ),
        (hostile) => {
          const safe = safeFileName(hostile);
          expect(safe).not.toBe('');
          expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(200);
          expect(safe).not.toMatch(/[/\\<>:"|?*,\p{Cc}]/u);
          expect(safe).not.toMatch(/^[.\-=+@]/);
          expect(safe).not.toMatch(/[. ]$/);
          expect(safe.normalize('NFC')).toBe(safe);
          expect(safe.isWellFormed()).toBe(true);
          expect(safeFileName(safe)).toBe(safe);
        },
      ),
    );
  });
});

describe("the stem of an item's files", () => {
  it('is the media id and the suffix of the row', () => {
    expect(fileStem('dQw4w9WgXcQ', rowOf('007'))).toBe('dQw4w9WgXcQ_row007_FF-Fi-Se-CP-BS_num4');
  });

  it('never looks like an option or a formula', () => {
    expect(fileStem('-abcdefghij', rowOf('1'))).toMatch(/^_-abcdefghij_row1_/);
    expect(fileStem('id', rowOf('1'), { title: '=HYPERLINK("x")' })).toMatch(/^_=HYPERLINK\(_x_\)_row1_/);
  });

  it('takes no path out of a title and leaves room for an extension', () => {
    const stem = fileStem('id', rowOf('1'), { title: `../${'長'.repeat(200)}` });
    expect(stem).not.toContain('/');
    expect(stem).toContain('_row1_');
    expect(Buffer.byteLength(stem)).toBeLessThanOrEqual(200);
    expect(Buffer.byteLength(stem)).toBeGreaterThan(190);
  });

  it('differs between two rows with the same medium', () => {
    expect(fileStem('id', rowOf('1'))).not.toBe(fileStem('id', rowOf('01')));
  });
});
