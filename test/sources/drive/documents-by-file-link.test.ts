import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentOf } from '../../../src/demo/internet/content.ts';
import { html, notFound, redirect, type Reply } from '../../../src/demo/internet/reply.ts';
import { causesOf, fileLink, SUFFIX } from './fixtures.ts';
import { scriptedGoogle, type ScriptedGoogle } from './scripted-google.ts';

const ID = 'document0123456789';

let google: ScriptedGoogle;
beforeAll(async () => {
  google = await scriptedGoogle();
});
afterAll(() => google.close());

/** What comes without an account, where `uc` is answered so; `exported` holds the addresses that were asked for an export. */
async function downloaded(
  uc: Reply,
  editor: string,
  cell = fileLink({ id: ID }),
  exportFormats: string[] = [],
) {
  const exported: string[] = [];
  google.answer = ({ host, path, query }) => {
    if (host === 'drive.google.com' && path === '/uc') return uc;
    if (host !== 'docs.google.com') return notFound();
    if (path !== `/${editor}/d/${ID}/export`) return html('<title>An editor</title>');
    const format = query.get('format') ?? '';
    exported.push(format);
    return {
      status: 200,
      headers: {
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename="Plan.${format}"`,
      },
      body: contentOf(format === 'pdf' ? '%PDF-1.4' : 'PK\u0003\u0004 the rest'),
    };
  };
  const { result } = await google.download(cell, { apiKey: undefined, exportFormats });
  return { result, exported };
}

describe('a link to a file that is a document', () => {
  it.each([
    ['document', 'edit?usp=drivesdk', 'docx'],
    ['spreadsheets', 'edit#gid=0', 'xlsx'],
    ['presentation', 'view', 'pptx'],
    ['document', '', 'docx'],
  ])('is exported where Drive leads to the editor: %s/%s', async (editor, end, format) => {
    const uc = redirect(`https://docs.google.com/${editor}/u/0/d/${ID}/${end}`);
    for (const cell of [fileLink({ id: ID }), `https://drive.google.com/uc?id=${ID}`]) {
      const { result, exported } = await downloaded(uc, editor, cell);
      expect(result.filesDownloaded).toEqual([`Plan${SUFFIX}.${format}`]);
      expect(exported).toEqual([format]);
      expect(result.items?.[0]?.sourceUrl).toBe(`https://docs.google.com/${editor}/d/${ID}/edit`);
    }
  });

  it.each([
    ['Docs', 'document', 'docx'],
    ['Sheets', 'spreadsheets', 'xlsx'],
    ['Slides', 'presentation', 'pptx'],
  ])('is exported where the page says so by its title: Google %s', async (product, editor, format) => {
    const page = html(`<html><head><title>My\n plan - Google ${product}</title></head></html>`);
    const { result } = await downloaded(page, editor);
    expect(result.filesDownloaded).toEqual([`Plan${SUFFIX}.${format}`]);
  });

  it('is exported as it is asked to', async () => {
    const uc = redirect(`https://docs.google.com/document/d/${ID}/edit`);
    const { result, exported } = await downloaded(uc, 'document', undefined, ['pdf']);
    expect(result.filesDownloaded).toEqual([`Plan${SUFFIX}.pdf`]);
    expect(exported).toEqual(['pdf']);
  });

  it('and whose export leads back to the editor is a failure, and no endless circle', async () => {
    google.answer = () => redirect(`https://docs.google.com/document/d/${ID}/edit`);
    const before = google.requests.length;
    const { result } = await google.download(fileLink({ id: ID }), { apiKey: undefined });
    expect(causesOf(result)).toEqual(['unexpected_page']);
    expect(google.requests.length - before).toBe(2);
  });

  it.each([
    ['a page of Drive about a file of that name', 'x - Google Docs - Google Drive'],
    ['a page that speaks of it', 'Google Docs is down'],
  ])('is not seen in %s', async (_, title) => {
    const { result, exported } = await downloaded(html(`<title>${title}</title>`), 'document');
    expect(causesOf(result)).toEqual(['unexpected_page']);
    expect(exported).toEqual([]);
  });
});
