import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DriveFile } from '../../../src/demo/internet/index.ts';
import { STAGING_FOLDER } from '../../../src/files/index.ts';
import { readRecord } from '../../../src/sources/drive/transfer/part-record.ts';
import { bytesIn, gapsOf, type Range } from '../../../src/sources/drive/transfer/ranges.ts';
import { driveDesk, fileLink, SUFFIX } from './fixtures.ts';

const MIB = 1 << 20;
const desk = await driveDesk();
const { internet } = desk;

/** Fetches a part of a file, and leaves it. */
async function begin(file: DriveFile, upTo: number): Promise<void> {
  file.faults = { download: { bytesPerSecond: upTo / 3 } };
  const stop = new AbortController();
  const onProgress = ({ receivedBytes }: { readonly receivedBytes: number }) => {
    if (receivedBytes >= upTo) stop.abort();
  };
  const begun = desk.download(fileLink(file), { signal: stop.signal, onProgress });
  await expect(begun).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  file.faults = {};
}

/**
 * What a loss of power leaves of the part: zeros in the place of what the disk did not have.
 * @param boot whether the machine knows that it was started again
 * @returns what the disk had
 */
async function cutPower(boot: boolean): Promise<readonly Range[]> {
  const staging = join(desk.folder, STAGING_FOLDER);
  const names = await readdir(staging, { recursive: true });
  const pathOf = (end: string) => join(staging, names.find((name) => name.endsWith(end)) ?? '');
  const text = await readFile(pathOf('.json'), 'utf8');
  const { synced = [] } = (await readRecord(pathOf('.json'))) ?? {};
  if (boot) await writeFile(pathOf('.json'), text.replace(/"boot":"[^"]*"/, `"boot":"${randomUUID()}"`));
  const part = await open(pathOf('.part'), 'r+');
  for (const { start, end } of gapsOf(synced, (await part.stat()).size))
    await part.write(Buffer.alloc(end - start), 0, end - start, start);
  await part.close();
  return synced;
}

describe('a loss of power', () => {
  const rangesOf = ({ id }: DriveFile) =>
    internet.requests.filter(({ query }) => query.get('id') === id).map(({ headers }) => headers.range);
  const isRight = async (file: DriveFile) => {
    const content = await desk.bytes(`${file.name.replace('.bin', '')}${SUFFIX}.bin`);
    return content.equals(Buffer.from(file.body.slice(0, file.body.size)));
  };

  it('leaves of a part what was synced, and the next attempt goes on there, also where the host says no checksum', async () => {
    const file = internet.drive.addFile({ name: 'large.bin', body: { size: 180 * MIB, seed: 'l' } });
    await begin(file, 73 * MIB);
    const synced = await cutPower(true);
    expect(bytesIn(synced)).toBeGreaterThanOrEqual(64 * MIB);
    const [gap] = gapsOf(synced, file.body.size);
    const before = rangesOf(file).length;
    expect((await desk.download(fileLink(file))).success).toBe(true);
    expect(rangesOf(file).slice(before)).toContainEqual(expect.stringMatching(`^bytes=${gap?.start}-`));
    expect(await isRight(file)).toBe(true);
  }, 60_000);

  it('leaves nothing of a part that was never synced: it is fetched from its beginning', async () => {
    const file = internet.drive.addFile({ name: 'middle.bin', body: { size: 9 * MIB, seed: 'm' } });
    await begin(file, 3 * MIB);
    expect(await cutPower(true)).toEqual([]);
    expect((await desk.download(fileLink(file))).success).toBe(true);
    expect(await isRight(file)).toBe(true);
  });

  it('that the machine does not know of is found out by the checksum, and the file is fetched once more', async () => {
    const file = internet.drive.addFile({
      name: 'summed.bin',
      body: { size: 9 * MIB, seed: 's' },
      checksums: 'right',
    });
    await begin(file, 3 * MIB);
    await cutPower(false);
    expect((await desk.download(fileLink(file))).success).toBe(true);
    expect(await isRight(file)).toBe(true);
  });
});
