import { expect, it } from 'vitest';
import { FolderPageReader } from '../../../src/sources/drive/listing/read-folder-page.ts';
import { readPage } from '../../../src/sources/drive/verdicts/page.ts';

const NOW = new Date();
const NO_REASON = expect.objectContaining({ code: 'unexpected_page' });
const MANY = 30_000;
const LIST = '<div class="flip-entries">';
const page = (html: string) => () => readPage(html, 'https://drive.google.com/uc', NOW);
const folder = (html: string) => () => {
  const reader = new FolderPageReader();
  reader.write(html);
  reader.end(NOW);
};

it.each([
  ['paragraphs', '<p>and so on</p>'.repeat(MANY)],
  ['headings', '<h1>x</h1>'.repeat(MANY)],
  ['headings side by side, of which none has an end', '<h1>x'.repeat(MANY)],
  ['tags that nest', '<div>'.repeat(MANY)],
  ['tags that are never closed', '<p><b>x'.repeat(MANY)],
  ['ends of tags that never began', `${'<i>'.repeat(400)}${'</b>'.repeat(MANY)}`],
  ['titles in titles', '<title>'.repeat(MANY)],
  ['a heading above all of it', `<h1>${'<i>'.repeat(MANY)}`],
  ['comments that are never closed', '<!--'.repeat(4 * MANY)],
  ['attributes', `<div ${'a="b" '.repeat(MANY)}>`],
  ['links, more than a folder has files', `<div class="flip-entry">${'<a href="x">'.repeat(7 * MANY)}`],
  ['what begins and never ends', '<a href="'.repeat(4 * MANY)],
])('a page of %s is read in a moment', (_what, html) => {
  const began = performance.now();
  expect(page(html)).toThrow(NO_REASON);
  expect(folder(html)).toThrow(NO_REASON);
  expect(folder(`${LIST}${html}`)).toThrow(NO_REASON);
  expect(performance.now() - began).toBeLessThan(8000);
});

it('what a page says outside of a comment that has no end is read', () => {
  expect(page('<!-- a --><title>Quota exceeded</title><!-- b')).toThrow(
    expect.objectContaining({ code: 'quota_exceeded' }),
  );
});

it("a folder's page without an end is read no further than any page is long", () => {
  const reader = new FolderPageReader();
  const text = 'x'.repeat(1 << 20);
  for (let mebibytes = 0; mebibytes < 32; mebibytes += 1) reader.write(text);
  expect(() => reader.write(text)).toThrow('too long to be read');
});
