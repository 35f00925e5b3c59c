import { expect, it } from 'vitest';
import { readPage } from '../../../src/sources/drive/verdicts/page.ts';

const NO_REASON = { code: 'unexpected_page' };
const MANY = 30_000;
const page = (html: string) => readPage(html, 'https://drive.google.com/uc', new Date());

it.each([
  ['paragraphs', '<p>and so on</p>'.repeat(MANY)],
  ['headings', '<h1>x</h1>'.repeat(MANY)],
  ['tags that nest', '<div>'.repeat(MANY)],
  ['tags that are never closed', '<p><b>x'.repeat(MANY)],
  ['titles in titles', '<title>'.repeat(MANY)],
  ['a heading above all of it', `<h1>${'<i>'.repeat(MANY)}`],
  ['comments that are never closed', '<!--'.repeat(4 * MANY)],
])(
  'a page of %s is read in a moment',
  async (_what, html) => {
    const began = performance.now();
    await expect(page(html)).rejects.toMatchObject(NO_REASON);
    expect(performance.now() - began).toBeLessThan(8000);
  },
  60_000,
);

it('what a page says outside of a comment that has no end is read', async () => {
  await expect(page('<!-- a --><title>Quota exceeded</title><!-- b')).rejects.toMatchObject({
    code: 'quota_exceeded',
  });
});
