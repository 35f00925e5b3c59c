import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fetchLargeWithKill } from './large-virus-page.ts';
import { tortureTransfers } from './transfers.ts';

it('brings every file right from a server that does everything wrong, to a client that is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rowtrail-transfers-'));
  const { met, cuts, needless } = await tortureTransfers({ folder, files: 40, kills: 4, seed: 20_260 });
  expect(needless).toEqual([]);
  expect(cuts).toBeGreaterThan(0);
  expect(Object.keys(met)).toEqual(expect.arrayContaining(['cut', 'reset', 'stall']));
  await rm(folder, { recursive: true });
});

it('brings a large file from behind the virus page, with a kill in the middle', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rowtrail-virus-'));
  const bytes = 64 << 20;
  expect((await fetchLargeWithKill(folder, bytes)).left).toBeGreaterThan(bytes / 3);
  await rm(folder, { recursive: true });
});
