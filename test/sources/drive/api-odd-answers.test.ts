import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { botBlockPage, signInPage } from '../../../src/demo/internet/drive/pages.ts';
import { contentOf } from '../../../src/demo/internet/content.ts';
import { html, json, notFound, redirect, type Reply } from '../../../src/demo/internet/reply.ts';
import type { SiteRequest } from '../../../src/demo/internet/site.ts';
import type { Cause } from '../../../src/errors/index.ts';
import { causesOf, folderLink, SUFFIX } from './fixtures.ts';
import { scriptedGoogle, type ScriptedGoogle } from './scripted-google.ts';

const FOLDER = { id: 'folder0123456789', name: 'F', mimeType: 'application/vnd.google-apps.folder' };
const A = { id: 'fileA0123456789', name: 'a.txt', mimeType: 'text/plain', size: '1' };
const Z = { id: 'fileZ0123456789', name: 'z.txt', mimeType: 'text/plain', size: '1' };

let google: ScriptedGoogle;
beforeAll(async () => {
  google = await scriptedGoogle();
});
afterAll(() => google.close());

const isList = ({ path }: SiteRequest) => path === '/drive/v3/files';
const idIn = ({ path }: SiteRequest) => path.split('/').at(-1) ?? '';

/** Answers as the API of a Drive with these files, each of one letter; `list` answers for the folder. */
function answerWith(list: (request: SiteRequest) => Reply, files: readonly object[] = [FOLDER, A, Z]) {
  google.answer = (request) => {
    if (request.host !== 'www.googleapis.com') return notFound();
    if (isList(request)) return list(request);
    if (request.query.get('alt') === 'media')
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: contentOf('x') };
    const found = files.find((file) => 'id' in file && file.id === idIn(request));
    return found === undefined ? notFound() : json(found);
  };
}

const downloaded = async () => (await google.download(folderLink(FOLDER))).result;

describe('an entry of a list of which the API does not say', () => {
  it.each([
    ['its id', { ...A, id: undefined }],
    ['an id that can be one', { ...A, id: '../x' }],
    ['anything', {}],
    ['that it is one', null],
    ['that it is one, but a word', 'x'],
  ])('%s fails in its place and stops nothing', async (_, odd) => {
    answerWith(() => json({ files: [A, odd, Z] }));
    const { items = [], success, filesDownloaded } = await downloaded();
    expect(filesDownloaded).toEqual([`F${SUFFIX}/a${SUFFIX}.txt`, `F${SUFFIX}/z${SUFFIX}.txt`]);
    expect(success).toBe(false);
    expect(items.map(({ position, mediaId }) => [position, mediaId])).toEqual([
      [0, A.id],
      [1, null],
      [2, Z.id],
    ]);
    expect(items[1]?.failure?.cause).toBe('unexpected_page');
    expect(items[1]?.failure?.message).toMatch(/^The folder's list has an entry without an id/);
    expect(items[1]?.sourceUrl).toBe(folderLink(FOLDER));
  });

  it('its id, several times, is as many failures', async () => {
    answerWith(() => json({ files: [{}, { name: 'b' }, {}] }));
    expect(causesOf(await downloaded())).toEqual(Array(3).fill('unexpected_page'));
  });

  it('its type is asked for by itself', async () => {
    answerWith(() => json({ files: [{ ...A, mimeType: undefined }] }));
    expect((await downloaded()).filesDownloaded).toEqual([`F${SUFFIX}/a${SUFFIX}.txt`]);
  });

  it('its type, also when asked for by itself, fails in its place', async () => {
    const untyped = { id: A.id, name: 'a.txt' };
    answerWith(() => json({ files: [untyped, Z] }), [FOLDER, untyped, Z]);
    const { items = [] } = await downloaded();
    expect(items.map(({ mediaId, failure }) => [mediaId, failure?.cause ?? null])).toEqual([
      [A.id, 'unexpected_page'],
      [Z.id, null],
    ]);
    expect(items[0]?.failure?.message).toContain("The API's answer cannot be read");
  });

  it('its type is not brought where the API answers of another file', async () => {
    google.answer = (request) =>
      isList(request)
        ? json({ files: [{ ...A, mimeType: undefined }] })
        : json(idIn(request) === A.id ? Z : FOLDER);
    expect(causesOf(await downloaded())).toEqual(['unexpected_page']);
  });

  it('something as it should be said is taken without that', async () => {
    const odd = { ...A, size: null, capabilities: null, exportLinks: null, shortcutDetails: null };
    answerWith(() => json({ files: [odd] }));
    expect(causesOf(await downloaded())).toEqual([null]);
  });
});

describe('an answer to the question for a list', () => {
  it.each([
    ['nothing', {}],
    ['no list', { files: null }],
    ['another thing as the list', { files: { 0: A } }],
    ['something else', []],
    ['a token that is none', { files: [A], nextPageToken: 7 }],
  ])('that holds %s is no empty folder, and asked for again', async (_, answer) => {
    answerWith(() => json(answer));
    const result = await downloaded();
    expect(causesOf(result)).toEqual(['unexpected_page']);
    expect(result.permanentFailure).toBe(false);
    expect(result.errorMessage).toContain("The API's answer cannot be read");
  });

  it('that is an empty list is an empty folder', async () => {
    answerWith(() => json({ files: [] }));
    const result = await downloaded();
    expect(causesOf(result)).toEqual(['not_found']);
    expect(result.errorMessage).toContain('The folder is empty');
  });

  it('goes on behind an empty page, and ends where the token is empty', async () => {
    answerWith(({ query }) =>
      json(
        query.has('pageToken') ? { files: [A], nextPageToken: '' } : { files: [], nextPageToken: 'second' },
      ),
    );
    expect(causesOf(await downloaded())).toEqual([null]);
  });

  it('that cannot be read on a later page loses nothing of the earlier one', async () => {
    answerWith(({ query }) => json(query.has('pageToken') ? {} : { files: [A], nextPageToken: 'second' }));
    const result = await downloaded();
    expect(result.filesDownloaded).toEqual([`F${SUFFIX}/a${SUFFIX}.txt`]);
    expect(causesOf(result)).toEqual([null, 'unexpected_page']);
    expect(result.success).toBe(false);
  });

  it('that says it is not all of it brings what it has, and no success', async () => {
    const asked: string[] = [];
    answerWith(({ query }) => {
      asked.push(query.get('fields') ?? '');
      return json(
        query.has('pageToken')
          ? { files: [Z], incompleteSearch: false }
          : { files: [A], nextPageToken: 'second', incompleteSearch: true },
      );
    });
    const result = await downloaded();
    expect(result.filesDownloaded).toEqual([`F${SUFFIX}/a${SUFFIX}.txt`, `F${SUFFIX}/z${SUFFIX}.txt`]);
    expect(result.success).toBe(false);
    expect(result.errorMessage).toContain('incomplete');
    expect(asked.every((fields) => fields.includes('incompleteSearch'))).toBe(true);
  });

  it.each<[Cause, string, () => Reply]>([
    ['too_many_requests', 'the page for bots', () => html(botBlockPage())],
    ['not_shared', 'a page to sign in', () => html(signInPage())],
    ['unexpected_page', 'another page', () => html('<title>Captive portal</title>')],
    ['too_many_requests', 'the way to a riddle', () => redirect('https://www.google.com/sorry/index')],
    ['unexpected_page', 'the way elsewhere', () => redirect('https://example.org/')],
  ])('is %s where %s comes with status 200 or 302', async (cause, _, reply) => {
    answerWith(reply);
    const result = await downloaded();
    expect(causesOf(result)).toEqual([cause]);
  });

  it('asks also for what lies on shared drives, with the keys of the folders above', async () => {
    const key = '0-AbC';
    answerWith(() => json({ files: [] }));
    const before = google.requests.length;
    await google.download(`${folderLink(FOLDER)}?resourcekey=${key}`);
    const [one, list] = google.requests.slice(before);
    expect(one?.query.get('supportsAllDrives')).toBe('true');
    expect(Object.fromEntries(list?.query ?? [])).toMatchObject({
      supportsAllDrives: 'true',
      includeItemsFromAllDrives: 'true',
      q: `'${FOLDER.id}' in parents and trashed = false`,
    });
    expect(list?.headers['x-goog-drive-resource-keys']).toBe(`${FOLDER.id}/${key}`);
  });
});
