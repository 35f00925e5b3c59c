import { readdir } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DriveFile } from '../../../src/demo/internet/index.ts';
import { connectionsWanted } from '../../../src/sources/drive/transfer/growth.ts';
import { roomAt } from '../../../src/sources/drive/transfer/host-room.ts';
import { bytesIn, frontOf, gapsOf, merged } from '../../../src/sources/drive/transfer/ranges.ts';
import { Stretches } from '../../../src/sources/drive/transfer/stretches.ts';
import { driveDesk, fileLink } from './fixtures.ts';

const SIZE = 3_000_000;

const desk = await driveDesk();
const { internet } = desk;

describe('a slow file', () => {
  const download = (file: DriveFile) => desk.download(fileLink(file));
  const rangesOf = ({ id }: DriveFile) =>
    internet.requests
      .filter(({ query }) => query.get('id') === id)
      .flatMap(({ headers }) => headers.range ?? []);
  const slow = (seed: string) =>
    internet.drive.addFile({
      name: `${seed}.bin`,
      body: { size: SIZE, seed },
      checksums: 'right',
      faults: { download: { bytesPerSecond: 400_000 } },
    });

  it('comes over several connections, whole and in order', async () => {
    const file = slow('slow');
    const result = await download(file);
    expect(result.success).toBe(true);
    expect((await desk.bytes(result.filesDownloaded[0] ?? '')).equals(file.body.slice(0, SIZE))).toBe(true);
    expect(rangesOf(file).length).toBeGreaterThan(2);
    expect(await readdir(desk.folder)).toHaveLength(2);
  }, 30_000);

  it('comes over one connection where the host gives out no ranges', async () => {
    const file = slow('plain');
    file.rangesIgnored = true;
    const result = await download(file);
    expect(result.success).toBe(true);
    expect((await desk.bytes(result.filesDownloaded[0] ?? '')).equals(file.body.slice(0, SIZE))).toBe(true);
  }, 30_000);
});

describe('ranges', () => {
  const ranges = fc.array(
    fc.tuple(fc.nat(60), fc.nat(60)).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) })),
    { maxLength: 8 },
  );
  const holds = (all: readonly { start: number; end: number }[], byte: number) =>
    all.some(({ start, end }) => byte >= start && byte < end);

  it('hold each byte exactly once when merged, and leave exactly the others', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 61, max: 80 }), (given, size) => {
        const all = merged(given);
        const gaps = gapsOf(all, size);
        for (let byte = 0; byte < size; byte += 1) {
          expect(holds(all, byte)).toBe(holds(given, byte));
          expect(holds(gaps, byte)).toBe(!holds(given, byte));
        }
        expect(bytesIn(all) + bytesIn(gaps)).toBe(size);
        expect(frontOf(all)).toBe(gaps[0]?.start ?? size);
      }),
    );
  });

  it('are dealt out so that each byte is brought by one connection, whatever fails', () => {
    const MIB = 1 << 20;
    const steps = fc.array(
      fc.tuple(fc.constantFrom('take', 'bring', 'leave'), fc.nat(7), fc.integer({ min: 1, max: 2 * MIB })),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 9 * MIB }), (story, size) => {
        const stretches = new Stretches([{ start: 0, end: size }]);
        const brought: { start: number; end: number }[] = [];
        const taken: { at: number; end: number }[] = [];
        for (const [what, which, bytes] of story) {
          const stretch = taken[which % Math.max(1, taken.length)];
          if (what === 'take') taken.push(...[stretches.take()].flatMap((next) => next ?? []));
          else if (stretch !== undefined && what === 'bring') {
            const end = Math.min(stretch.end, stretch.at + bytes);
            brought.push({ start: stretch.at, end });
            stretch.at = end;
          } else if (stretch !== undefined) {
            stretches.leave(stretch);
            taken.splice(taken.indexOf(stretch), 1);
          }
        }
        const sum = brought.reduce((total, { start, end }) => total + end - start, 0);
        expect(bytesIn(merged(brought))).toBe(sum);
        expect(stretches.missing).toBe(size - sum);
      }),
    );
  });
});

describe('the number of connections', () => {
  const MB = 1_000_000;
  const facts = { before: null, missingBytes: 10 * MB, most: 16 };

  it('grows while each one is slow and more of them bring speed, up to what the host has room for', () => {
    const one = { connections: 1, bytesPerSecond: 3 * MB };
    const four = { connections: 4, bytesPerSecond: 8 * MB };
    expect(connectionsWanted({ ...facts, now: one })).toBe(4);
    expect(connectionsWanted({ ...facts, now: four, before: one })).toBe(16);
    expect(connectionsWanted({ ...facts, now: four, before: one, most: 6 })).toBe(6);
  });

  it('grows at once to what helps where the first one would take long', () => {
    const now = { connections: 1, bytesPerSecond: MB };
    expect(connectionsWanted({ ...facts, now })).toBe(16);
    expect(connectionsWanted({ ...facts, now, most: 6 })).toBe(6);
    expect(connectionsWanted({ ...facts, now, most: 32 })).toBe(32);
    expect(connectionsWanted({ ...facts, now: { ...now, bytesPerSecond: MB / 10 }, missingBytes: MB })).toBe(
      3,
    );
    expect(
      connectionsWanted({ ...facts, now: { ...now, bytesPerSecond: MB / 100 }, missingBytes: MB / 4 }),
    ).toBe(1);
  });

  it('stays where nothing would be won', () => {
    const now = { connections: 4, bytesPerSecond: 4 * MB };
    expect(connectionsWanted({ ...facts, now, before: { connections: 1, bytesPerSecond: 3.9 * MB } })).toBe(
      4,
    );
    expect(connectionsWanted({ ...facts, now, missingBytes: MB })).toBe(4);
    expect(
      connectionsWanted({ ...facts, now: { connections: 1, bytesPerSecond: 100 * MB }, missingBytes: 1e10 }),
    ).toBe(1);
    expect(connectionsWanted({ ...facts, now: { connections: 1, bytesPerSecond: 0 } })).toBe(1);
  });

  it('to a host is shared by all transfers, and each has one in any case', () => {
    const rooms = Array.from({ length: 20 }, () => roomAt('example.org'));
    for (const room of rooms) room.enter();
    expect(rooms.map(({ most }) => most)).toEqual(rooms.map(() => 1));
    for (const room of rooms.slice(1)) room.leave();
    expect(rooms[0]?.most).toBe(16);
    expect(roomAt('example.org', 24).most).toBe(23);
    expect(roomAt('example.org', 3).most).toBe(15);
    rooms[0]?.leave();
  });
});
