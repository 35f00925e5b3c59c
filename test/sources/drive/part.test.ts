import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { readRecord } from '../../../src/sources/drive/transfer/part-record.ts';
import { Part } from '../../../src/sources/drive/transfer/part.ts';
import { SYNC_BYTES } from '../../../src/sources/drive/transfer/sync-behind.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const MIB = 1 << 20;
const FACTS = { size: 200 * MIB, etag: '"1"', lastModified: null, md5: null, crc32c: null, encoding: null };
const bytes = (count: number) => Buffer.alloc(count, 'rowtrail');

/** A part that so much was written of, one MiB after the other. */
async function partOf(dir: string, mebibytes: number): Promise<Part> {
  const part = await Part.load(dir, 'a');
  await part.restart(FACTS);
  for (let at = 0; at < mebibytes; at += 1) await part.write([bytes(MIB)], at * MIB);
  return part;
}

async function recordOf(dir: string): Promise<string> {
  const name = (await readdir(dir)).find((found) => found.endsWith('.json'));
  return join(dir, name ?? '');
}

/** The record as it is read once the machine was started again. */
async function startAgain(dir: string): Promise<void> {
  const path = await recordOf(dir);
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(/"boot":("[^"]*"|null)/, `"boot":"${randomUUID()}"`));
}

describe('a part', () => {
  it('holds after a kill all that was written', async () => {
    const dir = await tempFolder();
    await (await partOf(dir, 3)).close();
    expect((await Part.load(dir, 'a')).arrived).toEqual([{ start: 0, end: 3 * MIB }]);
  });

  it('holds after a loss of power what was synced, and what came since then', async () => {
    const dir = await tempFolder();
    await (await partOf(dir, 70)).close();
    await startAgain(dir);
    const part = await Part.load(dir, 'a');
    const [there] = part.arrived;
    expect(part.arrived).toEqual([{ start: 0, end: there?.end }]);
    expect(there?.end).toBeGreaterThanOrEqual(SYNC_BYTES);
    expect(there?.end).toBeLessThan(70 * MIB);
    expect(part.facts).toEqual(FACTS);
    // A kill in the new boot, before the next sync.
    await part.write([bytes(MIB)], there?.end ?? 0);
    await part.close();
    expect((await Part.load(dir, 'a')).arrived).toEqual([{ start: 0, end: (there?.end ?? 0) + MIB }]);
    // And another loss of power.
    await startAgain(dir);
    expect((await Part.load(dir, 'a')).arrived).toEqual([there]);
  });

  it('of which nothing was synced is none after a loss of power', async () => {
    const dir = await tempFolder();
    await (await partOf(dir, 3)).close();
    await startAgain(dir);
    const part = await Part.load(dir, 'a');
    expect({ arrived: part.arrived, facts: part.facts }).toEqual({ arrived: [], facts: null });
  });

  it('in another file of its name is none after a loss of power', async () => {
    const dir = await tempFolder();
    const before = await partOf(dir, 65);
    await before.close();
    const { path } = before;
    await startAgain(dir);
    await writeFile(`${path}.other`, bytes(65 * MIB));
    await rename(`${path}.other`, path);
    expect((await Part.load(dir, 'a')).facts).toBeNull();
  });

  it('is not taken to be synced by what another record noted, or by half a line', async () => {
    const dir = await tempFolder();
    await (await partOf(dir, 3)).close();
    const path = await recordOf(dir);
    const record = await readRecord(path);
    const whole = `{"id":"${record?.id}","synced":[[0,${MIB}]]}`;
    const text = await readFile(path, 'utf8');
    await writeFile(path, `${text}{"id":"other","synced":[[0,${MIB}]]}\n${whole.slice(0, -1)}\n\0\0\0\n`);
    expect((await readRecord(path))?.synced).toEqual([]);
    await writeFile(path, `${text}${whole}\n`);
    expect((await readRecord(path))?.synced).toEqual([{ start: 0, end: MIB }]);
  });

  it('notes no sync that the disk refused, and the next write fails', async () => {
    const dir = await tempFolder();
    const part = await partOf(dir, 1);
    const probe = await open(part.path);
    const datasync = vi
      .spyOn(Object.getPrototypeOf(probe) as { datasync: () => Promise<void> }, 'datasync')
      .mockRejectedValue(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' }));
    await probe.close();
    const written = async () => {
      for (let at = 1; at < 70; at += 1) await part.write([bytes(MIB)], at * MIB);
    };
    await expect(written()).rejects.toMatchObject({ code: 'write_failed' });
    datasync.mockRestore();
    await part.close();
    expect((await readRecord(await recordOf(dir)))?.synced).toEqual([]);
  });

  it('holds no gap when it is killed between bytes out of order and their line', async () => {
    const dir = await tempFolder();
    const part = await partOf(dir, 0);
    await part.split();
    await part.close();
    // What a connection in the middle of the file had written by then.
    await truncate(part.path, 5 * MIB);
    expect((await Part.load(dir, 'a')).arrived).toEqual([]);
  });

  it('of which connections write at once, holds after a kill what they wrote, and after a loss of power no byte more than was synced', async () => {
    const stretch = fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 10 }));
    const run = async (stretches: readonly (readonly [number, number])[], order: boolean) => {
      const dir = await tempFolder();
      const part = await partOf(dir, order ? 2 : 0);
      await part.split();
      await Promise.all(stretches.map(([at, length]) => part.write([bytes(length * 8192)], at * 65_536)));
      await part.close();
      const again = await Part.load(dir, 'a');
      expect(again.arrived).toEqual(part.arrived);
      expect((await stat(part.path)).size).toBeGreaterThanOrEqual(part.arrived.at(-1)?.end ?? 0);
      await startAgain(dir);
      expect((await Part.load(dir, 'a')).arrived).toEqual([]);
    };
    await fc.assert(fc.asyncProperty(fc.array(stretch, { maxLength: 6 }), fc.boolean(), run), {
      numRuns: 20,
    });
  });
});
