import fc from 'fast-check';
import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { fileStem, splitExtension } from '../../../src/files/index.ts';
import { RowContext } from '../../../src/row/index.ts';
import { readDisposition } from '../../../src/sources/drive/names/disposition.ts';
import { causesOf, driveDesk, fileLink, SUFFIX } from './fixtures.ts';

const desk = await driveDesk();
const { internet } = desk;

const bytes = (text: string) => Buffer.from(text).toString('latin1');

describe('the name in a Content-Disposition header', () => {
  it.each([
    [`attachment; filename="plain.txt"; filename*=UTF-8''%C3%A9t%C3%A9.txt`, 'été.txt'],
    [`attachment; filename*=UTF-8''%FF%FE.txt; filename="plain.txt"`, 'plain.txt'],
    [`attachment; filename*=UTF-8''; filename=y.txt`, 'y.txt'],
    [`attachment; filename*="UTF-8''x%20y.txt"`, 'x y.txt'],
    [`attachment; filename*=ISO-8859-1''%E9t%E9.txt`, 'été.txt'],
    ['attachment; filename="unclosed.txt', 'unclosed.txt'],
    ['attachment; filename=with spaces.txt', 'with spaces.txt'],
    ['attachment; filename="%E9%95%B7.txt"', '長.txt'],
    ['attachment; filename="100%.txt"', '100%.txt'],
    ['attachment; filename="=?UTF-8?B?w6l0w6kudHh0?="', 'été.txt'],
    ['attachment; filename="=?utf-8?Q?=C3=A9t=C3=A9_1.txt?="', 'été 1.txt'],
    [bytes('attachment; filename="été.txt"'), 'été.txt'],
    ['attachment; filename="caf\xe9.txt"', 'café.txt'],
    [`attachment; filename="a%20b.txt"; filename*=UTF-8''a%2520b.txt`, 'a%20b.txt'],
    [`attachment; filename*="UTF-8''50%252B.txt"`, '50%2B.txt'],
    [`attachment; filename*=UTF-8''%3D%3Futf-8%3FQ%3Fa%3F%3D`, '=?utf-8?Q?a?='],
    ['ATTACHMENT; FILENAME="A.TXT"', 'A.TXT'],
    ['attachment filename="x.txt"', 'x.txt'],
    ['attachment', null],
    ['attachment; filename=""', null],
    ['attachment; filename=', null],
    [`attachment; filename*=UTF-8''%`, null],
    [';;;', null],
  ])('of %j is %j', (header, name) => {
    expect(readDisposition(header).name).toBe(name);
  });

  it('is read from anything without a throw', () => {
    const piece = fc.constantFrom(
      'attachment',
      ';',
      'filename',
      '*',
      '=',
      '"',
      "UTF-8''",
      '%',
      '%E9',
      '\\',
      '=?UTF-8?B?',
      '?=',
      ' ',
    );
    const header = fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 12 });
    fc.assert(
      fc.property(header, (pieces) => {
        const { name } = readDisposition(pieces.join(''));
        expect(name).not.toBe('');
      }),
      { numRuns: 5000 },
    );
  });
});

describe('a file whose host calls it', () => {
  it.each([
    ['../../x', `_.._.._x${SUFFIX}`],
    ['/etc/passwd', `_etc_passwd${SUFFIX}`],
    ['CON', `_CON${SUFFIX}`],
    ['nul.txt', `_nul${SUFFIX}.txt`],
    ['.hidden.txt', `_.hidden${SUFFIX}.txt`],
    ['a,b.txt', `a_b${SUFFIX}.txt`],
    ['e\u0301.txt', `é${SUFFIX}.txt`],
    ['C:\\x\\y.txt', `C__x_y${SUFFIX}.txt`],
    ['line\r\nbreak.txt', `line break${SUFFIX}.txt`],
  ])('%j is kept as a plain file in the folder', async (name, expected) => {
    const file = internet.drive.addFile({ name, body: 'x' });
    const result = await desk.download(fileLink(file));
    expect(result.filesDownloaded).toEqual([expected]);
    expect(await readdir(desk.folder)).toContain(result.filesDownloaded[0]);
  });

  it('by 300 CJK characters keeps suffix and extension, in 255 bytes with everything that is beside it', async () => {
    const files = ['長'.repeat(300), '長'.repeat(300)].map((name) =>
      internet.drive.addFile({ name: `${name}.tar.gz`, body: Buffer.from([0x1f, 0x8b, 8]) }),
    );
    const result = await desk.download(files.map(fileLink).join(' '));
    expect(causesOf(result)).toEqual([null, null]);
    for (const name of await readdir(desk.folder)) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    for (const name of result.filesDownloaded) expect(name).toMatch(/^長{40,}_row7_T(?:~2)?\.tar\.gz$/);
  });

  it('nothing at all is called by its id', async () => {
    const file = internet.drive.addFile({ name: '', body: 'x' });
    const { filesDownloaded } = await desk.download(fileLink(file));
    expect(filesDownloaded[0]?.startsWith(`${file.id}${SUFFIX}`)).toBe(true);
  });

  it('by bytes that are no text is kept, too', async () => {
    internet.web.pages.set('/broken', {
      body: 'x',
      disposition: `attachment; filename="\xff\xfe.txt"; filename*=UTF-8''%FF`,
    });
    const result = await desk.download(`${internet.web.origin}/broken`, { allowDirectLinks: true });
    expect(causesOf(result)).toEqual([null]);
    expect(desk.has(result.filesDownloaded[0] ?? 'nowhere')).toBe(true);
  });
});

it('every name is one that Linux, macOS and Windows take, whatever file and row are called', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
  );
  fc.assert(
    fc.property(text, text, text, (name, rowId, type) => {
      const row = new RowContext({ rowId, rowIndex: 1, type, name: '', email: '' });
      const { base, extension } = splitExtension(name);
      const stem = fileStem('1AbCdEfGhIjKlMnOpQrStUvWxYz012345', row, { title: base });
      for (const made of [`${stem}${extension}`, `${stem}~99${extension}`, `${stem}~99_metadata.json`]) {
        expect(Buffer.byteLength(made)).toBeLessThanOrEqual(255);
        expect(made.endsWith(extension) || made.endsWith('.json')).toBe(true);
        expect(made).toContain(row.toFilenameSuffix().normalize('NFC'));
        expect(made).not.toMatch(/[/\\<>:"|?*,\p{Cc}]|^[. ]|[. ]$/u);
        expect(made).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i);
        expect(made.normalize('NFC')).toBe(made);
      }
    }),
    { examples: [['', '', '.']], numRuns: 1000 },
  );
});
