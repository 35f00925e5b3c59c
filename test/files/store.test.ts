import { createHash } from 'node:crypto';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findStored, readSidecar, storeItem, type ItemFacts } from '../../src/files/index.ts';
import type { RowContext } from '../../src/row/index.ts';
import { factsOf, namesIn, newFolder, NOW, rowOf, stage } from './folder.ts';

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');

async function store(
  outputDir: string,
  content: string,
  { row = rowOf('1'), stem = 'name_row1', sidecar = factsOf('abcdefghij'), extension = '.bin' } = {},
) {
  const staged = await stage(outputDir, row.rowId, content, extension);
  return storeItem({ outputDir, row, stem, staged: [staged], sidecar, now: NOW });
}

const query = (outputDir: string, row: RowContext, { kind, mediaId, generation }: ItemFacts) => ({
  outputDir,
  row,
  stem: 'name_row1',
  kind,
  mediaId,
  generation,
});

describe('storing an item', () => {
  it('puts the file beside a sidecar that names it, its hash and its row', async () => {
    const out = await newFolder();
    const stored = await store(out, 'hello');
    expect(stored).toEqual({
      files: [{ path: 'name_row1.bin', size: 5, sha256: sha256('hello') }],
      metadataFile: 'name_row1_metadata.json',
    });
    expect(await readFile(join(out, 'name_row1.bin'), 'utf8')).toBe('hello');
    expect(JSON.parse(await readFile(join(out, stored.metadataFile), 'utf8'))).toEqual({
      format_version: 1,
      source_csv: null,
      started_at: null,
      requested: null,
      source_csv_row_id: '1',
      source_csv_index: 3,
      personality_type: 'FF-Fi/Se-CP/B(S) #4',
      person_name: 'Ada, "the first"',
      person_email: 'ada@example.org',
      download_timestamp: '2026-11-01T10:00:00.000Z',
      tracking_version: '1.0',
      download_type: 'drive',
      kind: 'file',
      media_id: 'abcdefghij',
      position: 0,
      source_url: 'https://drive.google.com/file/d/abcdefghij/view',
      title: 'A title',
      channel: null,
      media_types: [],
      generation: 1,
      attempt: null,
      tools: { rowtrail: '0.1.0' },
      files: [{ name: 'name_row1.bin', size: 5, sha256: sha256('hello') }],
    });
  });

  it('replaces the files of the same row and item, and leaves none of the old ones behind', async () => {
    const out = await newFolder();
    await store(out, 'old', { extension: '.mp4' });
    await store(out, 'new', { extension: '.mkv' });
    expect(await namesIn(out)).toEqual(['name_row1.mkv', 'name_row1_metadata.json']);
    expect(await readFile(join(out, 'name_row1.mkv'), 'utf8')).toBe('new');
  });

  it('replaces what another process has stored of the same row and item since this one looked into the folder', async () => {
    const [out, others] = [await newFolder(), await newFolder()];
    await store(out, 'mine', { stem: 'another', row: rowOf('2') });
    await store(others, 'from another process');
    for (const name of await namesIn(others)) await copyFile(join(others, name), join(out, name));
    const stored = await store(out, 'and from this one');
    expect(stored.files[0]?.path).toBe('name_row1.bin');
    expect(await readFile(join(out, 'name_row1.bin'), 'utf8')).toBe('and from this one');
    expect((await namesIn(out)).filter((name) => name.startsWith('name'))).toEqual([
      'name_row1.bin',
      'name_row1_metadata.json',
    ]);
  });

  it("gives another item's file a number, and finds its own again under that number", async () => {
    const out = await newFolder();
    await store(out, 'mine');
    const second = await store(out, 'other', { sidecar: factsOf('0123456789') });
    expect(second.files[0]?.path).toBe('name_row1~2.bin');
    const again = await store(out, 'other, again', { sidecar: factsOf('0123456789') });
    expect(again.files[0]?.path).toBe('name_row1~2.bin');
    const otherRow = await store(out, 'another row', { row: rowOf('2') });
    expect(otherRow.files[0]?.path).toBe('name_row1~3.bin');
    expect(await readFile(join(out, 'name_row1.bin'), 'utf8')).toBe('mine');
  });

  it('never takes a name that differs in case only', async () => {
    const out = await newFolder();
    await store(out, 'first');
    const second = await store(out, 'second', { stem: 'NAME_row1', sidecar: factsOf('0123456789') });
    expect(second.files[0]?.path).toBe('NAME_row1~2.bin');
    await rm(join(out, 'name_row1_metadata.json'));
    await rm(join(out, 'name_row1.bin'));
    const third = await store(out, 'third', { stem: 'Name_row1', sidecar: factsOf('9876543210') });
    expect(third.files[0]?.path).toBe('Name_row1.bin');
  });

  it("leaves a file of the user's own alone", async () => {
    const out = await newFolder();
    await writeFile(join(out, 'name_row1.bin'), 'precious');
    await writeFile(join(out, 'name_row1~2_metadata.json'), 'no JSON');
    const stored = await store(out, 'hello');
    expect(stored.files[0]?.path).toBe('name_row1~3.bin');
    expect(await readFile(join(out, 'name_row1.bin'), 'utf8')).toBe('precious');
    expect(await readFile(join(out, 'name_row1~2_metadata.json'), 'utf8')).toBe('no JSON');
  });

  it('gives ten rows that ask for one name at the same time ten names', async () => {
    const out = await newFolder();
    const rows = Array.from({ length: 10 }, (_, i) => rowOf(String(i)));
    const stored = await Promise.all(rows.map((row) => store(out, row.rowId, { row })));
    expect(new Set(stored.map(({ files }) => files[0]?.path)).size).toBe(10);
    for (const [i, { files, metadataFile }] of stored.entries()) {
      expect(await readFile(join(out, files[0]?.path ?? ''), 'utf8')).toBe(String(i));
      expect((await readSidecar(join(out, metadataFile)))?.row.rowId).toBe(String(i));
    }
  });

  it('keeps a video and its transcript under one stem, each with a sidecar of its own', async () => {
    const out = await newFolder();
    await store(out, 'video', { extension: '.mp4', sidecar: factsOf('id', { kind: 'video' }) });
    await store(out, 'words', { extension: '.en.vtt', sidecar: factsOf('id', { kind: 'transcript' }) });
    expect(await namesIn(out)).toEqual([
      'name_row1.en.vtt',
      'name_row1.mp4',
      'name_row1.transcript_metadata.json',
      'name_row1_metadata.json',
    ]);
  });

  it('refuses an extension that would lead out of the folder', async () => {
    await expect(store(await newFolder(), 'x', { extension: '.a' })).resolves.toBeDefined();
    const out = await newFolder();
    const staged = { ...(await stage(out, '1', 'x', '.bin')), extension: '/../../x' };
    const request = {
      outputDir: out,
      row: rowOf('1'),
      stem: 's',
      staged: [staged],
      sidecar: factsOf('i'),
      now: NOW,
    };
    await expect(storeItem({ ...request, staged: [staged] })).rejects.toThrow(TypeError);
  });

  it('notices that the staged file is not the one that was received', async () => {
    const out = await newFolder();
    const staged = { ...(await stage(out, '1', 'short', '.bin')), size: 500, sha256: sha256('short') };
    const request = { outputDir: out, row: rowOf('1'), stem: 's', sidecar: factsOf('i'), now: NOW };
    await expect(storeItem({ ...request, staged: [staged] })).rejects.toMatchObject({ code: 'write_failed' });
    expect(await namesIn(out)).toEqual([]);
  });

  it('names the disk as the cause when the folder takes no more', async () => {
    const out = await newFolder();
    const staged = await stage(out, '1', 'x', '.bin');
    await expect(
      storeItem({
        outputDir: '/dev/null/folder',
        row: rowOf('1'),
        stem: 's',
        staged: [staged],
        sidecar: factsOf('i'),
        now: NOW,
      }),
    ).rejects.toMatchObject({ name: 'RowtrailError', category: 'file_io' });
  });
});

describe('finding a stored item', () => {
  it('adopts an item of the same row and generation', async () => {
    const out = await newFolder();
    const stored = await store(out, 'hello');
    expect(await findStored(query(out, rowOf('1'), factsOf('abcdefghij')))).toEqual(stored);
  });

  it('adopts an item that has a number', async () => {
    const out = await newFolder();
    await store(out, 'first');
    const stored = await store(out, 'second', { sidecar: factsOf('0123456789') });
    expect(await findStored(query(out, rowOf('1'), factsOf('0123456789')))).toEqual(stored);
  });

  it.each([
    ['another row', rowOf('2'), factsOf('abcdefghij')],
    ['another generation', rowOf('1'), factsOf('abcdefghij', { generation: 2 })],
    ['no generation at all', rowOf('1'), factsOf('abcdefghij', { generation: null })],
    ['another medium', rowOf('1'), factsOf('0123456789')],
  ])('does not adopt for %s', async (_, row, facts) => {
    const out = await newFolder();
    await store(out, 'hello');
    expect(await findStored(query(out, row, facts))).toBeNull();
  });

  it.each([
    ['is missing', (path: string) => rm(path)],
    ['is cut', (path: string) => writeFile(path, 'hel')],
    ['differs in one byte', (path: string) => writeFile(path, 'hellO')],
  ])('does not adopt an item whose file %s', async (_, damage) => {
    const out = await newFolder();
    await store(out, 'hello');
    await damage(join(out, 'name_row1.bin'));
    expect(await findStored(query(out, rowOf('1'), factsOf('abcdefghij')))).toBeNull();
  });
});
