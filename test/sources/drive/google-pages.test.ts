import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quotaPage } from '../../../src/demo/internet/drive/pages.ts';
import { contentOf } from '../../../src/demo/internet/content.ts';
import { html, notFound, type Reply } from '../../../src/demo/internet/reply.ts';
import { causesOf, fileLink, SUFFIX } from './fixtures.ts';
import { scriptedGoogle, type ScriptedGoogle } from './scripted-google.ts';

const ID = 'thing0123456789';
const AS_ANYBODY = { apiKey: undefined };

let google: ScriptedGoogle;
beforeAll(async () => {
  google = await scriptedGoogle();
});
afterAll(() => google.close());

/** As some proxies send it, whatever was asked for. */
function compressed(page: Reply, bytes: Buffer): Reply {
  return { ...page, headers: { ...page.headers, 'content-encoding': 'gzip' }, body: contentOf(bytes) };
}

describe('a page that comes compressed', () => {
  const whole = gzipSync(quotaPage());
  it.each([
    [200, whole],
    [403, whole],
    [403, whole.subarray(0, -12)],
  ])('with status %i is read all the same', async (status, bytes) => {
    google.answer = () => compressed(html('', status), bytes);
    const { result } = await google.download(fileLink({ id: ID }), AS_ANYBODY);
    expect(causesOf(result)).toEqual(['quota_exceeded']);
  });

  it('and is none, or too long for one, is no file either', async () => {
    for (const bytes of [Buffer.from('no gzip'), gzipSync(Buffer.alloc(64 << 20))]) {
      google.answer = () => compressed(html(''), bytes);
      const { result } = await google.download(fileLink({ id: ID }), AS_ANYBODY);
      expect(causesOf(result)).toEqual(['unexpected_page']);
    }
  });
});

describe('a page that calls itself an attachment', () => {
  const withDisposition = (page: Reply, disposition: string, type?: string): Reply => ({
    ...page,
    headers: {
      ...page.headers,
      'content-disposition': disposition,
      ...(type === undefined ? {} : { 'content-type': type }),
    },
  });

  it.each([
    ['text/html', 'quota_exceeded'],
    ['application/octet-stream', 'unexpected_page'],
  ])('and names no file is none, as %s', async (type, cause) => {
    google.answer = () => withDisposition(html(quotaPage()), 'attachment', type);
    const { result } = await google.download(fileLink({ id: ID }), AS_ANYBODY);
    expect(causesOf(result)).toEqual([cause]);
  });

  it('and names a file is that file', async () => {
    google.answer = () => withDisposition(html('<p>Mine</p>'), 'attachment; filename="Mine.html"');
    const { result } = await google.download(fileLink({ id: ID }), AS_ANYBODY);
    expect(result.filesDownloaded).toEqual([`Mine${SUFFIX}.html`]);
  });
});

describe('a link that does not say what it leads to', () => {
  it.each([
    [429, 'too_many_requests'],
    [500, 'server_error'],
    [503, 'server_error'],
  ])('says nothing of it while its host answers %i', async (status, cause) => {
    google.answer = ({ path }) =>
      path.startsWith('/open') ? html('<title>Error</title>', status) : notFound();
    const { result } = await google.download(`https://drive.google.com/open?id=${ID}`, AS_ANYBODY);
    expect(causesOf(result)).toEqual([cause]);
  });
});
