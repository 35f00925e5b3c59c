import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf } from '../../../src/files/bucket/bucket-address.ts';
import { fileStem, outputAt } from '../../../src/files/index.ts';
import { RowContext } from '../../../src/row/index.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { rowOf, factsOf } from '../folder.ts';
import { itemOf, keysIn, leftIn, newBucket, setEnv } from './fixtures.ts';

const hex = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const LARGE = randomBytes(20 << 20);

describe('storing an item in a bucket', () => {
  it('puts a small file beside a sidecar that names it, and leaves nothing on this machine', async () => {
    const { server, output, staging } = await newBucket();
    const stored = await output.storeItem(await itemOf(output, 'hello'));
    expect(stored).toEqual({
      files: [{ path: 'name_row1.bin', size: 5, sha256: hex('hello') }],
      metadataFile: 'name_row1_metadata.json',
    });
    expect(keysIn(server)).toEqual(['name_row1.bin', 'name_row1_metadata.json']);
    expect(server.objects.get('some/where/name_row1.bin')?.bytes.toString()).toBe('hello');
    expect(await leftIn(staging)).toEqual([]);
    expect((await output.readSidecar('name_row1_metadata.json'))?.files).toEqual([
      { name: 'name_row1.bin', size: 5, sha256: hex('hello') },
    ]);
  });

  it('sends a large file in parts, whose sidecar says what the storage tells of them', async () => {
    const { server, output, staging } = await newBucket();
    const { files } = await output.storeItem(await itemOf(output, LARGE, { extension: '.mp4' }));
    expect(files).toEqual([{ path: 'name_row1.mp4', size: LARGE.length, sha256: hex(LARGE) }]);
    const object = server.objects.get('some/where/name_row1.mp4');
    expect(object?.bytes.equals(LARGE)).toBe(true);
    expect(object?.checksum).toMatch(/-3$/);
    expect(object?.type).toBe('video/mp4');
    const sidecar = await output.readSidecar('name_row1_metadata.json');
    expect(sidecar?.files[0]?.partsChecksum).toBe(object?.checksum);
    expect([...server.uploads]).toEqual([]);
    expect(await leftIn(staging)).toEqual([]);
  });

  it('has the bytes there before the sidecar, and the sidecar before the file has its name', async () => {
    const { server, output } = await newBucket();
    const states: string[] = [];
    const { objects, uploads } = server;
    const isThere = (name: string) => objects.has(`some/where/${name}`);
    server.options = {
      onRequest: ({ method, key, query }) => {
        const parts = [...uploads.values()].flatMap((upload) => [...upload.parts.keys()]).length;
        if (method === 'PUT' && key.endsWith('.json'))
          states.push(`sidecar: ${parts} parts, file ${isThere('name_row1.bin') ? 'there' : 'not there'}`);
        const isName =
          key.endsWith('.bin') &&
          (method === 'POST' ? query.has('uploadId') : method === 'PUT' && !query.has('partNumber'));
        if (isName)
          states.push(`file: sidecar ${isThere('name_row1_metadata.json') ? 'there' : 'not there'}`);
        return null;
      },
    };
    await output.storeItem(await itemOf(output, LARGE));
    expect(states).toEqual(['sidecar: 3 parts, file not there', 'file: sidecar there']);
    objects.clear();
    states.length = 0;
    await output.storeItem(await itemOf(output, 'small'));
    expect(states).toEqual(['sidecar: 0 parts, file not there', 'file: sidecar there']);
  });

  it('gives up uploads that nobody completed for a week, and no younger ones', async () => {
    const { server, output } = await newBucket();
    const day = 86_400_000;
    for (const [id, days, key] of [
      ['old', 8, 'some/where/x.mp4'],
      ['young', 6, 'some/where/y.mp4'],
      ['elsewhere', 30, 'some/other/z.mp4'],
    ] as const)
      server.uploads.set(id, { key, type: '', begun: new Date(Date.now() - days * day), parts: new Map() });
    await output.clearStaging([]);
    expect([...server.uploads.keys()]).toEqual(['young', 'elsewhere']);
    server.options = {
      onRequest: ({ query }) => (query.has('uploads') ? { status: 403, code: 'AccessDenied' } : null),
    };
    await output.clearStaging([]);
  });

  it('finds what a crash kept from being recorded without reading it', async () => {
    const { server, output } = await newBucket();
    for (const [stem, content] of [
      ['small', 'hello'],
      ['large', LARGE],
    ] as const) {
      const item = await itemOf(output, content, { stem });
      const stored = await output.storeItem(item);
      server.requests.length = 0;
      const query = { row: item.row, stem, kind: 'file', mediaId: 'abcdefghij', generation: 1 } as const;
      expect(await output.findStored(query)).toEqual(stored);
      expect(server.requests.map(({ method, key }) => `${method} ${key}`)).toEqual([
        `GET some/where/${stem}_metadata.json`,
        `HEAD some/where/${stem}.bin`,
      ]);
      expect(await output.findStored({ ...query, generation: 2 })).toBeNull();
    }
    server.objects.delete('some/where/small.bin');
    const gone = {
      row: rowOf('1'),
      stem: 'small',
      kind: 'file',
      mediaId: 'abcdefghij',
      generation: 1,
    } as const;
    expect(await output.findStored(gone)).toBeNull();
  });

  it('replaces what the same item had, and removes what is no longer listed', async () => {
    const { server, output } = await newBucket();
    await output.storeItem(await itemOf(output, 'old', { extension: '.mkv' }));
    await output.storeItem(await itemOf(output, 'new', { extension: '.mp4' }));
    expect(keysIn(server)).toEqual(['name_row1.mp4', 'name_row1_metadata.json']);
    await output.storeItem(await itemOf(output, 'newer', { extension: '.mp4' }));
    expect(server.objects.get('some/where/name_row1.mp4')?.bytes.toString()).toBe('newer');
  });

  it.each([true, false])('never replaces what is not its own (conditions: %s)', async (conditions) => {
    const { server, output } = await newBucket({ conditions });
    await output.storeItem(await itemOf(output, 'of row 1'));
    const other = await itemOf(output, 'of row 2', { row: rowOf('2') });
    const stored = await output.storeItem(other);
    expect(stored.files[0]?.path).toBe('name_row1~2.bin');
    expect(server.objects.get('some/where/name_row1.bin')?.bytes.toString()).toBe('of row 1');
    // Nor what nobody knows.
    const { objects } = server;
    const own = objects.get('some/where/name_row1.bin');
    if (own === undefined) throw new Error('it is not there');
    objects.set('some/where/third.bin', own);
    const third = await output.storeItem(
      await itemOf(output, 'of row 3', { row: rowOf('3'), stem: 'third' }),
    );
    expect(third.files[0]?.path).toBe('third~2.bin');
    expect(objects.get('some/where/third.bin')).toBe(own);
  });

  it('keeps names apart that differ in case only, also those that are given at the same time', async () => {
    const { server, output } = await newBucket();
    server.objects.clear();
    await output.storeItem(await itemOf(output, 'a', { stem: 'Clip_row1' }));
    const items = await Promise.all(
      ['clip_row1', 'CLIP_row1', 'cLIP_row1'].map((stem, at) =>
        itemOf(output, stem, { stem, row: rowOf(`${at + 2}`), sidecar: factsOf(`abcdefghi${at}`) }),
      ),
    );
    await Promise.all(items.map((item) => output.storeItem(item)));
    const names = keysIn(server).map((key) => key.toLowerCase());
    expect(names.length).toBe(8);
    expect(new Set(names).size).toBe(8);
  });

  it('takes two items of one name at the same time: both are kept', async () => {
    const { server, output } = await newBucket();
    const items = await Promise.all(
      ['1', '2', '3', '4'].map((id) => itemOf(output, id, { row: rowOf(id), stem: 'same' })),
    );
    const stored = await Promise.all(items.map((item) => output.storeItem(item)));
    expect(new Set(stored.map(({ metadataFile }) => metadataFile)).size).toBe(4);
    for (const [at, { files }] of stored.entries())
      expect(server.objects.get(`some/where/${files[0]?.path}`)?.bytes.toString()).toBe(`${at + 1}`);
  });

  it('takes names from two machines at the same time: the storage decides, and both are kept', async () => {
    const { server, output } = await newBucket();
    setEnv({ ROWTRAIL_STAGING_DIR: await tempFolder() });
    const other = outputAt(output.address);
    expect(other.workDir).not.toBe(output.workDir);
    const both = [output, other];
    const stored = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const machine = both[n % 2] ?? output;
        const name = `same_${Math.floor(n / 2)}`;
        const item = await itemOf(machine, `${n}`, { row: rowOf(`${n}`), stem: name });
        return { n, ...(await machine.storeItem(item)) };
      }),
    );
    expect(new Set(stored.map(({ metadataFile }) => metadataFile)).size).toBe(20);
    for (const { n, files, metadataFile } of stored) {
      expect(server.objects.get(`some/where/${files[0]?.path}`)?.bytes.toString()).toBe(`${n}`);
      expect((await output.readSidecar(metadataFile))?.row.rowId).toBe(`${n}`);
    }
    expect(keysIn(server).length).toBe(40);
  });

  it('makes no key that leads elsewhere of any row_id, type, title or id', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(text, text, text, text, (rowId, type, title, id) => {
        const row = new RowContext({ rowId, rowIndex: 0, type, name: '', email: '' });
        const stem = fileStem(id, row, { title });
        const key = keyOf({ bucket: 'b', prefix: 'some/where' }, `${stem}~12.en.vtt`);
        expect(key.split('/').length).toBe(3);
        expect(Buffer.byteLength(key)).toBeLessThan(300);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses names that would lead out of the prefix', async () => {
    const { server, output } = await newBucket();
    for (const folder of ['..', 'a/../..', '/abs', 'a//b', 'a\\b', '.', 'a\nb'])
      await expect(output.storeItem(await itemOf(output, 'x', { folder }))).rejects.toThrow('Not a path');
    expect(server.objects.size).toBe(0);
  });

  it('gives a row its own copy of what another row has, within the storage', async () => {
    const { server, output } = await newBucket();
    for (const [stem, content] of [
      ['first', 'hello'],
      ['large', LARGE],
    ] as const) {
      const { metadataFile, files } = await output.storeItem(await itemOf(output, content, { stem }));
      const sidecar = await output.readSidecar(metadataFile);
      if (sidecar === null) throw new Error('it is not there');
      server.requests.length = 0;
      const copy = { folder: output.address, sidecar, sidecarFile: metadataFile, isOfThisRun: true };
      const { kind, mediaId, position, sourceUrl, generation } = factsOf('abcdefghij');
      const copied = await output.storeCopy({
        copy,
        stagingDir: () => Promise.reject(new Error('nothing stages')),
        row: rowOf('2'),
        stem: `copy_${stem}`,
        own: { kind, mediaId, position, sourceUrl, generation },
        identity: undefined,
        share: true,
        now: new Date(),
      });
      expect(copied?.files[0]).toEqual({ ...files[0], path: `copy_${stem}.bin` });
      expect(server.objects.get(`some/where/copy_${stem}.bin`)?.bytes.equals(Buffer.from(content))).toBe(
        true,
      );
      expect(server.requests.some(({ method, key }) => method === 'GET' && key.endsWith('.bin'))).toBe(false);
      expect((await output.readSidecar(`copy_${stem}_metadata.json`))?.row.rowId).toBe('2');
    }
  });

  it('keeps files apart from sidecars of a storage that tells no checksums, and proves them by reading', async () => {
    const { server, output } = await newBucket({ checksums: false, conditions: false });
    const item = await itemOf(output, LARGE);
    const stored = await output.storeItem(item);
    expect(server.requests.some(({ method, key }) => method === 'GET' && key.endsWith('.bin'))).toBe(true);
    const query = {
      row: item.row,
      stem: item.stem,
      kind: 'file',
      mediaId: 'abcdefghij',
      generation: 1,
    } as const;
    expect(await output.findStored(query)).toEqual(stored);
  });
});
