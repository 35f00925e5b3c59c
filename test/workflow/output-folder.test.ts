import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { startTestInternet } from '../support/internet.ts';
import { csvFile, HEADER } from '../tracker/fixtures.ts';
import { file, hurriedClock, workOn } from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  for (let n = 0; n < 20; n += 1)
    internet.drive.addFile({ id: `plain-file-${n}`, name: `${n}.txt`, body: 'x' });
});
afterAll(() => internet.close());

const rows = (length: number) =>
  csvFile([HEADER, ...Array.from({ length }, (_, n) => `${n},A,a@x,T,,${file(`plain-file-${n}`)},`)]);

it.each<[string, (folder: string) => Promise<void>]>([
  ['a file stands in the place of the folder', (folder) => writeFile(folder, 'a file')],
  ['the folder is a link to nothing', (folder) => symlink(join(dirname(folder), 'gone', 'away'), folder)],
])('where %s, nothing is fetched and no attempt is lost', async (_, spoil) => {
  const csv = await rows(6);
  const driveDir = join(dirname(csv), 'drive_downloads');
  await spoil(driveDir);
  const first = await workOn(internet, csv, { clock: hurriedClock() });
  expect(first.requests).toEqual([]);
  expect(first.summary).toMatchObject({ complete: false, drive: { tried: 0, left: 6 }, failures: [] });
  expect(first.summary.notes.join()).toContain(driveDir);
  await rm(driveDir);
  const second = await workOn(internet, csv);
  expect(second.summary).toMatchObject({ complete: true, drive: { completed: 6, failed: 0 } });
});

it('a folder that is spoilt while a run works ends it for that type', async () => {
  const csv = await rows(20);
  const driveDir = join(dirname(csv), 'drive_downloads');
  await mkdir(driveDir);
  const { summary } = await workOn(internet, csv, {
    clock: hurriedClock(),
    concurrency: 1,
    onEvent: (event) => {
      if (event.kind !== 'completed' || existsSync(`${driveDir}.away`)) return;
      renameSync(driveDir, `${driveDir}.away`);
      writeFileSync(driveDir, 'a file');
    },
  });
  expect(summary.complete).toBe(false);
  expect(summary.drive.left).toBeGreaterThan(10);
  expect(summary.notes.join()).toContain(driveDir);
});

it('a folder in which nothing can ever be made ends the run at once, whoever runs it', async () => {
  const csv = await rows(2);
  const { summary, requests } = await workOn(internet, csv, { driveDir: '/proc/downloads' });
  expect(requests).toEqual([]);
  expect(summary).toMatchObject({ complete: false, drive: { tried: 0, left: 2 } });
  expect(summary.notes.join()).toContain('/proc/downloads: The folder cannot be written to');
});
