import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentOf } from '../../../src/demo/internet/content.ts';
import { json, notFound, type Reply } from '../../../src/demo/internet/reply.ts';
import type { SiteRequest } from '../../../src/demo/internet/site.ts';
import type { Cause } from '../../../src/errors/index.ts';
import { entrySchema } from '../../../src/sources/drive/api/api-file.ts';
import { causesOf, fileLink, folderLink, SUFFIX } from './fixtures.ts';
import { scriptedGoogle, type ScriptedGoogle } from './scripted-google.ts';

const GOOGLE = 'application/vnd.google-apps';
const FOLDER = { id: 'folder0123456789', name: 'F', mimeType: `${GOOGLE}.folder` };
const FILE = { id: 'file0123456789', name: 'a.txt', mimeType: 'text/plain', size: '5' };
const DOCUMENT = { id: 'document0123456789', name: 'Plan', mimeType: `${GOOGLE}.document` };
const shortcut = (id: string, target: { readonly id: string; readonly mimeType: string }) => ({
  id,
  name: 'way',
  mimeType: `${GOOGLE}.shortcut`,
  shortcutDetails: { targetId: target.id, targetMimeType: target.mimeType },
});
const EXPORT: Reply = {
  status: 200,
  headers: { 'content-type': 'application/octet-stream' },
  body: contentOf('PK\u0003\u0004 the rest'),
};
const WORDS: Reply = { status: 200, headers: { 'content-type': 'text/plain' }, body: contentOf('words') };

let google: ScriptedGoogle;
beforeAll(async () => {
  google = await scriptedGoogle();
});
afterAll(() => google.close());

interface World {
  readonly files: readonly { readonly id: string; readonly [field: string]: unknown }[];
  /** By the folder's id. */
  readonly lists?: Readonly<Record<string, readonly object[]>>;
  readonly media?: (request: SiteRequest) => Reply;
  readonly exported?: (request: SiteRequest) => Reply;
}

function serve({ files, lists = {}, media = () => WORDS, exported = () => EXPORT }: World) {
  google.answer = (request) => {
    const { host, path, query } = request;
    if (host === 'docs.google.com' && path.endsWith('/export')) return EXPORT;
    if (host !== 'www.googleapis.com') return notFound();
    if (path === '/drive/v3/files') {
      const id = /^'([^']+)'/.exec(query.get('q') ?? '')?.[1] ?? '';
      return json({ files: lists[id] ?? [] });
    }
    if (path.endsWith('/export')) return exported(request);
    if (query.get('alt') === 'media') return media(request);
    const found = files.find(({ id }) => path.endsWith(`/${id}`));
    return found === undefined ? notFound() : json(found);
  };
}

const refusal = (reason: string, status = 403): Reply =>
  json({ error: { code: status, message: 'No', errors: [{ domain: 'global', reason }] } }, status);
const resultOf = async (cell: string) => (await google.download(cell)).result;

describe('a shortcut in a folder', () => {
  it('to a folder, a document and a file leads there, each below its own name', async () => {
    const inner = { ...FOLDER, id: 'inner0123456789', name: 'Inner' };
    const entries = [inner, DOCUMENT, FILE].map((target, n) => shortcut(`shortcut${n}00000`, target));
    serve({ files: [FOLDER, inner, DOCUMENT, FILE], lists: { [FOLDER.id]: entries, [inner.id]: [] } });
    const result = await resultOf(folderLink(FOLDER));
    expect(causesOf(result)).toEqual([null, null]);
    expect(result.filesDownloaded).toEqual([`F${SUFFIX}/Plan${SUFFIX}.docx`, `F${SUFFIX}/a${SUFFIX}.txt`]);
  });

  it('that leads to itself is a failure in its place', async () => {
    const circle = shortcut('circle0123456789', { id: 'circle0123456789', mimeType: `${GOOGLE}.shortcut` });
    serve({ files: [FOLDER, FILE, circle], lists: { [FOLDER.id]: [circle, FILE] } });
    expect(causesOf(await resultOf(folderLink(FOLDER)))).toEqual(['unsupported_link', null]);
  });

  it('of which only the list does not say where it leads is asked for by itself', async () => {
    const way = shortcut('shortcut00000', DOCUMENT);
    const listed = { ...way, shortcutDetails: undefined };
    serve({ files: [FOLDER, way, DOCUMENT], lists: { [FOLDER.id]: [listed] } });
    expect((await resultOf(folderLink(FOLDER))).filesDownloaded).toEqual([`F${SUFFIX}/Plan${SUFFIX}.docx`]);
  });

  it('of which the API does not say where it leads is tried again', async () => {
    const lost = { ...shortcut('shortcut00000', FILE), shortcutDetails: {} };
    serve({ files: [FOLDER, lost, FILE], lists: { [FOLDER.id]: [lost, FILE] } });
    const result = await resultOf(folderLink(FOLDER));
    expect(causesOf(result)).toEqual(['unexpected_page', null]);
    expect(result.permanentFailure).toBe(false);
  });
});

describe('what the API says of a file', () => {
  it.each([
    ['may not be downloaded', FILE, { capabilities: { canDownload: false } }],
    ['may not be downloaded, as a document', DOCUMENT, { capabilities: { canDownload: false } }],
  ])('that it %s is believed, and the bytes are not asked for', async (_, file, more) => {
    serve({ files: [{ ...file, ...more }] });
    const before = google.requests.length;
    expect(causesOf(await resultOf(fileLink(file)))).toEqual(['download_disabled']);
    expect(google.requests.length - before).toBe(1);
  });

  it('that only writers may copy it keeps no writer from it', async () => {
    serve({ files: [{ ...FILE, copyRequiresWriterPermission: true, capabilities: { canDownload: true } }] });
    expect(causesOf(await resultOf(fileLink(FILE)))).toEqual([null]);
  });

  it('that it is in the trash, while it is still given out, keeps nobody from it', async () => {
    serve({ files: [{ ...FILE, trashed: true }] });
    expect(causesOf(await resultOf(fileLink(FILE)))).toEqual([null]);
  });

  it('of a folder, that it is in the trash, is not that it is empty', async () => {
    serve({ files: [{ ...FOLDER, trashed: true }] });
    const before = google.requests.length;
    const result = await resultOf(folderLink(FOLDER));
    expect(causesOf(result)).toEqual(['not_found']);
    expect(result.errorMessage).toContain('in the trash');
    expect(google.requests[before]?.query.get('fields')).toContain('trashed');
  });
});

it.each<[unknown, number | null]>([
  ['5', 5],
  [5, 5],
  [0, 0],
  [2 ** 53 - 1, 2 ** 53 - 1],
  [-1, null],
  [1.5, null],
  [2 ** 53, null],
  ['-1', null],
  ['5 ', null],
  [true, null],
])("a file's size that the API gives as %j is %j", (size, expected) => {
  expect(entrySchema.parse({ ...FILE, size })).toMatchObject({ size: expected });
});

describe('a document', () => {
  it('that is too large for the API comes from its own address, also where the API lists none', async () => {
    serve({ files: [DOCUMENT], exported: () => refusal('exportSizeLimitExceeded') });
    const before = google.requests.length;
    const result = await resultOf(fileLink(DOCUMENT));
    expect(result.filesDownloaded).toEqual([`Plan${SUFFIX}.docx`]);
    const { host, path, headers } = google.requests.slice(before).at(-1) ?? {};
    expect([host, path]).toEqual(['docs.google.com', `/document/d/${DOCUMENT.id}/export`]);
    expect(headers).not.toHaveProperty('x-goog-api-key');
  });

  it.each(['https://example.org/steal', 'http://docs.google.com/x', 'javascript:alert(1)', '::'])(
    'that is too large is not asked for at %s',
    async (address) => {
      const type = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
      const file = { ...DOCUMENT, exportLinks: { [type]: address } };
      serve({ files: [file], exported: () => refusal('exportSizeLimitExceeded') });
      expect((await resultOf(fileLink(DOCUMENT))).filesDownloaded).toEqual([`Plan${SUFFIX}.docx`]);
    },
  );
});

describe('a refusal of the bytes', () => {
  it.each<[Cause, string]>([
    ['unsupported_link', 'fileNotDownloadable'],
    ['not_shared', 'insufficientFilePermissions'],
    ['download_disabled', 'cannotDownloadAbusiveFile'],
    ['download_disabled', 'cannotDownloadFile'],
  ])('is %s for %s, and nothing is acknowledged for it', async (cause, reason) => {
    serve({ files: [FILE], media: () => refusal(reason) });
    const before = google.requests.length;
    const result = await resultOf(fileLink(FILE));
    expect(causesOf(result)).toEqual([cause]);
    expect(result.permanentFailure).toBe(true);
    expect(google.requests.slice(before).some(({ query }) => query.has('acknowledgeAbuse'))).toBe(false);
  });

  it('that asks for less (sharingRateLimitExceeded) is heeded, and the file comes', async () => {
    let asked = 0;
    serve({
      files: [FILE],
      media: () => ((asked += 1) === 1 ? refusal('sharingRateLimitExceeded') : WORDS),
    });
    expect(causesOf(await resultOf(fileLink(FILE)))).toEqual([null]);
    expect(asked).toBe(2);
  });
});
