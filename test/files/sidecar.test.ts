import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSidecarOf, iterateSidecars, readSidecar, storeItem } from '../../src/files/index.ts';
import { factsOf, newFolder, NOW, rowOf, stage } from './folder.ts';

/** What earlier tools wrote: the row and their own keys, no list of files. */
const EARLIER = {
  source_csv_row_id: '007',
  source_csv_index: 6,
  personality_type: 'FF-Fi/Se-CP/B(S) #4',
  person_name: 'Grace',
  person_email: 'grace@example.org',
  download_timestamp: '2025-01-01T00:00:00',
  tracking_version: '1.0',
  video_title: 'anything',
};

describe('reading a sidecar', () => {
  it('understands those of earlier tools', async () => {
    const path = join(await newFolder(), 'a_row007_metadata.json');
    await writeFile(path, JSON.stringify(EARLIER));
    const sidecar = await readSidecar(path);
    expect(sidecar?.row).toEqual(
      expect.objectContaining({ rowId: '007', rowIndex: 6, type: 'FF-Fi/Se-CP/B(S) #4', name: 'Grace' }),
    );
    expect(sidecar).toMatchObject({ formatVersion: 0, kind: null, mediaId: null, files: [] });
  });

  it.each([
    ['that is missing', null],
    ['that is no JSON', '{"source_csv_row_id": "1"'],
    ['without a row', '{"title": "x"}'],
    ['that holds a list', '[]'],
  ])('takes a file %s for none', async (_, content) => {
    const path = join(await newFolder(), 'x_metadata.json');
    if (content !== null) await writeFile(path, content);
    expect(await readSidecar(path)).toBeNull();
  });

  it('refuses a newer format with a sentence', async () => {
    const path = join(await newFolder(), 'x_metadata.json');
    await writeFile(path, JSON.stringify({ ...EARLIER, format_version: 99 }));
    await expect(readSidecar(path)).rejects.toMatchObject({ code: 'sidecar_newer', file: path });
  });

  it('takes no path out of a list of files', async () => {
    const path = join(await newFolder(), 'x_metadata.json');
    const files = [{ name: '../../etc/passwd', size: 1, sha256: 'a'.repeat(64) }];
    await writeFile(path, JSON.stringify({ ...EARLIER, files }));
    expect((await readSidecar(path))?.files).toEqual([]);
  });
});

describe('finding the sidecar of a file', () => {
  it('goes by the exact name, also where names begin alike', async () => {
    const out = await newFolder();
    const common = { outputDir: out, now: NOW };
    for (const [rowId, extension] of [
      ['1', '.mp4'],
      ['2', '.en.vtt'],
      ['3', ''],
    ] as const) {
      await storeItem({
        ...common,
        row: rowOf(rowId),
        stem: 'same',
        staged: [await stage(out, rowId, rowId, extension)],
        sidecar: factsOf(`id${rowId}`),
      });
    }
    expect((await findSidecarOf(join(out, 'same.mp4')))?.sidecar.row.rowId).toBe('1');
    expect((await findSidecarOf(join(out, 'same~2.en.vtt')))?.sidecar.row.rowId).toBe('2');
    expect((await findSidecarOf(join(out, 'same~3')))?.sidecar.row.rowId).toBe('3');
    expect((await findSidecarOf(join(out, 'same~3_metadata.json')))?.sidecar.row.rowId).toBe('3');
    expect(await findSidecarOf(join(out, 'same.mkv'))).toBeNull();
    expect(await findSidecarOf(join(out, 'other.mp4'))).toBeNull();
  });

  it('goes by the longest stem for earlier tools', async () => {
    const out = await newFolder();
    const write = (name: string, rowId: string) =>
      writeFile(join(out, name), JSON.stringify({ ...EARLIER, source_csv_row_id: rowId }));
    await write('clip_metadata.json', '1');
    await write('clip_row2_X_metadata.json', '2');
    const rowOfFile = async (name: string) => (await findSidecarOf(join(out, name)))?.sidecar.row.rowId;
    expect(await rowOfFile('clip.mp4')).toBe('1');
    expect(await rowOfFile('clip_row2_X.mp4')).toBe('2');
    expect(await rowOfFile('clip_row2_X.en.vtt')).toBe('2');
    expect(await rowOfFile('clip_row2_X_transcript.vtt')).toBe('2');
    expect(await rowOfFile('clipping.mp4')).toBeUndefined();
  });

  it('finds nothing in a folder that does not exist', async () => {
    expect(await findSidecarOf(join(await newFolder(), 'never', 'x.mp4'))).toBeNull();
  });
});

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

describe('iterating sidecars', () => {
  it('gives each readable one and passes over the rest', async () => {
    const out = await newFolder();
    await writeFile(join(out, 'a_metadata.json'), JSON.stringify(EARLIER));
    await writeFile(join(out, 'b_metadata.json'), JSON.stringify({ ...EARLIER, format_version: 99 }));
    await writeFile(join(out, 'c_metadata.json'), 'broken');
    await mkdir(join(out, 'd_metadata.json'));
    await writeFile(join(out, 'e.json'), JSON.stringify(EARLIER));
    const found = await all(iterateSidecars(out));
    expect(found.map(({ path }) => path)).toEqual([join(out, 'a_metadata.json')]);
    expect(await all(iterateSidecars(join(out, 'never')))).toEqual([]);
  });
});
