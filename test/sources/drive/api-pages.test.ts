import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { botBlockPage, quotaPage, signInPage } from '../../../src/demo/internet/drive/pages.ts';
import { html, json, notFound, type Reply } from '../../../src/demo/internet/reply.ts';
import type { Cause } from '../../../src/errors/index.ts';
import { causesOf, fileLink, SUFFIX } from './fixtures.ts';
import { scriptedGoogle, type ScriptedGoogle } from './scripted-google.ts';

const ID = 'file0123456789';

let google: ScriptedGoogle;
beforeAll(async () => {
  google = await scriptedGoogle();
});
afterAll(() => google.close());

interface Stored {
  readonly name: string;
  readonly mimeType: string;
  readonly body: string;
  readonly hasHash?: boolean;
}

/** A Drive with this one file, whose bytes are answered by `media`. */
async function downloaded({ name, mimeType, body, hasHash = true }: Stored, media: () => Reply) {
  const md5 = createHash('md5').update(body).digest('hex');
  const file = {
    id: ID,
    name,
    mimeType,
    size: String(body.length),
    ...(hasHash ? { md5Checksum: md5 } : {}),
  };
  google.answer = ({ host, path, query }) =>
    host !== 'www.googleapis.com' || !path.endsWith(ID)
      ? notFound()
      : query.get('alt') === 'media'
        ? media()
        : json(file);
  const { result, folder } = await google.download(fileLink({ id: ID }));
  const names = (await readdir(folder).catch(() => [])).filter((kept) => !kept.startsWith('.'));
  return { result, folder, names };
}

const chunked = (reply: Reply): Reply => ({ ...reply, chunked: true });
const OWN_PAGE = '<!doctype html><title>Sign in</title><h1>My saved page</h1>';
const LONG_PAGE = `<!doctype html><title>Sign in</title>${'<p>words</p>'.repeat(200_000)}`;

const FILM: Stored = { name: 'a.mp4', mimeType: 'video/mp4', body: 'x'.repeat(2000) };
const NOTES: Stored = { name: 'a.txt', mimeType: 'text/plain', body: 'words '.repeat(100) };
const PAGE: Stored = { name: 'a.html', mimeType: 'text/html', body: OWN_PAGE };

describe("a page in the place of a file's bytes, with status 200 from the API,", () => {
  const pages: readonly (readonly [Cause, string])[] = [
    ['too_many_requests', botBlockPage()],
    ['not_shared', signInPage()],
    ['quota_exceeded', quotaPage()],
    ['unexpected_page', '<!doctype html><title>Captive portal</title>'],
  ];
  const cases = pages.flatMap(([cause, page]) =>
    [FILM, NOTES, PAGE].flatMap((file) =>
      [true, false].flatMap((hasHash) =>
        [html(page), chunked(html(page))].map(
          (reply) =>
            [cause, file.name, hasHash, reply.chunked ?? false, { ...file, hasHash }, reply] as const,
        ),
      ),
    ),
  );
  it.each(cases)(
    'is %s for %s (hash: %s, chunked: %s) and never kept',
    async (cause, _n, _h, _c, file, reply) => {
      const { result, names } = await downloaded(file, () => reply);
      expect(causesOf(result)).toEqual([cause]);
      expect(names).toEqual([]);
    },
  );
});

describe('a page of HTML that is the file', () => {
  it.each([
    ['of the owner', PAGE, html(OWN_PAGE)],
    ['without a length', PAGE, chunked(html(OWN_PAGE))],
    ['without a hash', { ...PAGE, hasHash: false }, html(OWN_PAGE)],
    ['without hash and length', { ...PAGE, hasHash: false }, chunked(html(OWN_PAGE))],
    ['of another name', { ...PAGE, name: 'saved' }, html(OWN_PAGE)],
    ['of another type', { ...PAGE, name: 'a.txt', mimeType: 'text/plain' }, html(OWN_PAGE)],
    ['of XML', { ...PAGE, mimeType: 'application/xhtml+xml' }, html(OWN_PAGE)],
    ['that is long', { ...PAGE, body: LONG_PAGE }, html(LONG_PAGE)],
    ['that is long, without a length', { ...PAGE, body: LONG_PAGE }, chunked(html(LONG_PAGE))],
  ] as const)('comes whole: %s', async (_, file, reply) => {
    const { result, folder } = await downloaded(file, () => reply);
    expect(causesOf(result)).toEqual([null]);
    expect(await readFile(join(folder, result.filesDownloaded[0] ?? ''), 'utf8')).toBe(file.body);
  });

  it('and differs from its checksum at the same length is a hash mismatch', async () => {
    const { result, names } = await downloaded(PAGE, () => html(OWN_PAGE.replace('saved', 'other')));
    expect(causesOf(result)).toEqual(['hash_mismatch']);
    expect(names).toEqual([]);
  });

  it('and is changed while it is fetched comes as it is then', async () => {
    const changed = `${OWN_PAGE}<p>More</p>`;
    const md5 = (body: string) => createHash('md5').update(body).digest('hex');
    let told = 0;
    google.answer = ({ host, query }) => {
      if (host !== 'www.googleapis.com') return notFound();
      if (query.get('alt') === 'media') return html(changed);
      const body = (told += 1) === 1 ? OWN_PAGE : changed;
      const { name, mimeType } = PAGE;
      return json({ id: ID, name, mimeType, size: String(body.length), md5Checksum: md5(body) });
    };
    const { result, folder } = await google.download(fileLink({ id: ID }));
    expect(causesOf(result)).toEqual([null]);
    expect(await readFile(join(folder, `a${SUFFIX}.html`), 'utf8')).toBe(changed);
  });
});
