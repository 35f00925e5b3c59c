import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { DriveOptions } from '../../../src/sources/drive/index.ts';
import { SiblingNames } from '../../../src/sources/drive/listing/tree-names.ts';
import { API_KEY, causesOf, driveDesk, fileLink, folderLink, SUFFIX } from './fixtures.ts';

const desk = await driveDesk();
const { internet } = desk;

/** Every path below the download folder, without sidecars and staging. */
async function tree(): Promise<string[]> {
  const entries = await readdir(desk.folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('_metadata.json'))
    .map(({ parentPath, name }) => `${parentPath}/${name}`.slice(desk.folder.length + 1))
    .toSorted();
}

describe.each<[string, DriveOptions]>([
  ['by its page', {}],
  ['through the API', { apiKey: API_KEY }],
])('a folder, listed %s,', (_way, options) => {
  it('keeps its tree below a folder of the row, also where folders loop', async () => {
    const { drive } = internet;
    const [a, b, c] = ['a.txt', 'b.txt', 'c.txt'].map((name) => drive.addFile({ name, body: name }));
    const deep = drive.addFolder({ name: '2 deep', children: [c?.id ?? ''] });
    const inner = drive.addFolder({ name: 'inner/../..', children: [b?.id ?? '', deep.id] });
    const outer = drive.addFolder({ name: 'Photos: 1', children: [a?.id ?? '', inner.id] });
    deep.children = [outer.id, c?.id ?? '', inner.id, deep.id];
    const result = await desk.download(folderLink(outer), options);
    expect(result.success).toBe(true);
    const root = `Photos_ 1${SUFFIX}`;
    const expected = [
      `${root}/a${SUFFIX}.txt`,
      `${root}/inner_.._/b${SUFFIX}.txt`,
      `${root}/inner_.._/2 deep/c${SUFFIX}.txt`,
    ];
    expect(result.filesDownloaded.toSorted()).toEqual(expected.toSorted());
    expect(await tree()).toEqual(expected.toSorted());
    expect(desk.has(result.metadataFile ?? 'nowhere')).toBe(true);
  });

  it('brings what a shortcut leads to, and follows none in a circle', async () => {
    const { drive } = internet;
    const file = drive.addFile({ name: 'real.txt', body: 'real' });
    const elsewhere = drive.addFolder({ name: 'Elsewhere', children: [file.id] });
    const broken = drive.addShortcut('gone0123456789', 'broken');
    const folder = drive.addFolder({ name: 'F' });
    folder.children = [drive.addShortcut(elsewhere.id, 'way').id, broken.id, drive.addShortcut(folder.id).id];
    const result = await desk.download(folderLink(folder), options);
    expect(result.filesDownloaded).toEqual([`F${SUFFIX}/way/real${SUFFIX}.txt`]);
    expect(causesOf(result).filter((cause) => cause !== null)).toEqual(['not_found']);
  });

  it('loses nothing but the bad child, whether file or folder', async () => {
    const { drive } = internet;
    const good = [drive.addFile({ name: 'a.txt' }), drive.addFile({ name: 'z.txt' })];
    const bad = [
      drive.addFile({ name: 'b.txt', behaviour: 'quota' }),
      drive.addFile({ name: 'c.txt', behaviour: 'not-found' }),
    ];
    const locked = drive.addFolder({ name: 'd', sharedWith: ['somebody@example.org'] });
    const folder = drive.addFolder({
      children: [good[0], ...bad, locked, good[1]].map((child) => child?.id ?? ''),
    });
    const result = await desk.download(folderLink(folder), options);
    expect(result.filesDownloaded).toEqual([
      `Folder${SUFFIX}/a${SUFFIX}.txt`,
      `Folder${SUFFIX}/z${SUFFIX}.txt`,
    ]);
    expect(result.success).toBe(false);
    expect(causesOf(result).filter(Boolean).slice(0, 2)).toEqual(['quota_exceeded', 'not_found']);
  });

  it('has what is no file as failures in their places', async () => {
    const { drive } = internet;
    const [form, map] = ['form', 'map'].map((type) =>
      drive.addFile({ name: type, mediaType: `application/vnd.google-apps.${type}` }),
    );
    const [a, z] = [drive.addFile({ name: 'a.txt' }), drive.addFile({ name: 'z.txt' })];
    const children = [a, form, map, z].map((child) => child?.id ?? '');
    const { items = [], filesDownloaded } = await desk.download(
      folderLink(drive.addFolder({ children })),
      options,
    );
    expect(filesDownloaded).toHaveLength(2);
    expect(items.map(({ mediaId, failure }) => [mediaId, failure?.cause ?? null])).toEqual([
      [a?.id, null],
      [form?.id, 'unsupported_link'],
      [map?.id, 'unsupported_link'],
      [z?.id, null],
    ]);
    expect(items[1]?.failure?.message).toBe('A Google form is no file that could be downloaded');
    expect(items[2]?.failure?.message).toBe('A Google map is no file that could be downloaded');
  });

  it('tells shortcuts to what nobody may see from those to what is gone', async () => {
    const { drive } = internet;
    const hidden = { sharedWith: ['somebody@example.org'] };
    const targets = [drive.addFile(hidden), drive.addFolder(hidden), { id: 'gone0123456789' }];
    const children = targets.map(({ id }) => drive.addShortcut(id).id);
    const result = await desk.download(folderLink(drive.addFolder({ children })), options);
    expect(causesOf(result)).toEqual(['not_shared', 'not_shared', 'not_found']);
  });

  it('with two files and two folders of one name, apart from case, keeps them apart', async () => {
    const { drive } = internet;
    const files = ['same.txt', 'same.txt', 'SAME.txt'].map((name, n) =>
      drive.addFile({ name, body: String(n) }),
    );
    const folders = ['Sub', 'sub'].map((name, n) =>
      drive.addFolder({ name, children: [drive.addFile({ name: 'x.txt', body: `x${n}` }).id] }),
    );
    const folder = drive.addFolder({ children: [...files, ...folders].map(({ id }) => id) });
    const { filesDownloaded } = await desk.download(folderLink(folder), options);
    expect(filesDownloaded).toHaveLength(5);
    expect(new Set(filesDownloaded.map((path) => path.toLowerCase())).size).toBe(5);
    const texts = await Promise.all(filesDownloaded.map((path) => desk.read(path)));
    expect(texts.toSorted()).toEqual(['0', '1', '2', 'x0', 'x1']);
  });

  it('that is empty, or not there, is one failure', async () => {
    const empty = internet.drive.addFolder();
    expect(causesOf(await desk.download(folderLink(empty), options))).toEqual(['not_found']);
    const missing = await desk.download(folderLink({ id: 'never0123456789' }), options);
    expect(causesOf(missing)).toEqual(['not_found']);
  });

  it('is continued by the next attempt with what is missing', async () => {
    const { drive } = internet;
    const files = ['a.txt', 'b.txt'].map((name) => drive.addFile({ name }));
    const folder = drive.addFolder({ name: 'F', children: files.map(({ id }) => id) });
    const done = [{ kind: 'file', mediaId: files[0]?.id ?? '' }] as const;
    const result = await desk.download(folderLink(folder), { ...options, done });
    expect(result).toMatchObject({ success: true, filesDownloaded: [`F${SUFFIX}/b${SUFFIX}.txt`] });
  });
});

it.each<[string, DriveOptions]>([
  ['its page', {}],
  ['the API', { apiKey: API_KEY }],
])('a folder of 5,000 children comes whole by %s', async (_way, options) => {
  const { drive } = internet;
  const children = Array.from(
    { length: 5000 },
    (_, n) => drive.addFile({ name: `${n}.txt`, body: `words ${n}` }).id,
  );
  const result = await desk.download(folderLink(drive.addFolder({ name: 'Many', children })), options);
  expect(result.success).toBe(true);
  expect(new Set(result.filesDownloaded).size).toBe(5000);
  expect(result.mediaId?.split(',')).toHaveLength(5000);
  expect(await desk.read(`Many${SUFFIX}/4711${SUFFIX}.txt`)).toBe('words 4711');
});

it('a folder whose list through the API never ends is a failure; what it listed comes', async () => {
  const { drive } = internet;
  const file = drive.addFile({ name: 'a.txt', body: 'a' });
  const folder = drive.addFolder({ name: 'Endless', children: [file.id], repeatsPage: true });
  const before = internet.requests.length;
  const result = await desk.download(folderLink(folder), { apiKey: API_KEY });
  expect(causesOf(result)).toContain('unexpected_page');
  expect(result.filesDownloaded).toEqual([`Endless${SUFFIX}/a${SUFFIX}.txt`]);
  expect(internet.requests.length - before).toBeLessThan(10);
});

it('a folder and a file without an extension that have one name are kept apart', async () => {
  const { drive } = internet;
  const file = drive.addFile({ name: 'Data', body: Buffer.from([0, 1, 2, 255]) });
  const folder = drive.addFolder({ name: 'Data', children: [drive.addFile({ name: 'a.txt' }).id] });
  const result = await desk.download(`${fileLink(file)} ${folderLink(folder)}`);
  expect(causesOf(result)).toEqual([null, null]);
  expect(result.filesDownloaded).toEqual([`Data${SUFFIX}`, `Data${SUFFIX}~2/a${SUFFIX}.txt`]);
});

it('two rows whose folders differ in case only are kept apart', async () => {
  const { drive } = internet;
  const folders = ['Trip', 'TRIP', 'οδος', 'ΟΔΟΣ'].map((name) =>
    drive.addFolder({ name, children: [drive.addFile({ name: 'a.txt' }).id] }),
  );
  const result = await desk.download(folders.map(folderLink).join(' '));
  expect(result.filesDownloaded).toEqual([
    `Trip${SUFFIX}/a${SUFFIX}.txt`,
    `TRIP${SUFFIX}~2/a${SUFFIX}.txt`,
    `οδος${SUFFIX}/a${SUFFIX}.txt`,
    `ΟΔΟΣ${SUFFIX}~2/a${SUFFIX}.txt`,
  ]);
});

it('names of folders are safe, short and no two alike, whatever the list is', () => {
  const names = new SiblingNames();
  const given = [
    '../..',
    '..',
    'CON',
    'con',
    '',
    '   ',
    'a,b',
    'x'.repeat(500),
    'X'.repeat(500),
    'é',
    'e\u0301',
    '.hidden',
  ];
  const made = given.map((name) => names.next(name));
  expect(new Set(made.map((name) => name.normalize('NFC').toLowerCase())).size).toBe(given.length);
  for (const name of made) {
    expect(name).toMatch(/^[^./\\,][^/\\,]*$/);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(100);
  }
});
