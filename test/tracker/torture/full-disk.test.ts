import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { getDownloadStatusSummary } from '../../../src/tracker/index.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { Child } from './child.ts';
import { fillToEveryHeight, smallDisk } from './full-disk.ts';
import { sheetText, trackingOf } from './sheet.ts';

const ROWS = 9000;

/** Blocks that a file may have. Of 512 bytes or of 1024, as the shell pleases: several times a new ledger and its log, less than the CSV either way. */
const BLOCKS = 1200;

it('a disk that is full at any step is said, leaves the CSV whole and no partial file, and what was recorded is made good', async (ctx) => {
  const folder = await tempFolder();
  const disk = smallDisk(folder);
  if (disk === null)
    return ctx.skip('nothing may be mounted here; the next tests alone show a write that fails half way');
  const outcomes = await fillToEveryHeight(folder, disk, 12);
  expect([...outcomes.keys()].toSorted()).toEqual(['disk_full recorded', 'disk_full refused', 'written']);
});

it('a file that may not grow further is said, leaves the CSV whole and no partial file, and what was recorded is made good', async () => {
  const csv = join(await tempFolder(), 'people.csv');
  const text = sheetText(ROWS);
  await writeFile(csv, text);
  const limit = ['sh', '-c', `ulimit -S -f ${BLOCKS}; exec "$@"`, 'sh'];
  expect(text.length).toBeGreaterThan(BLOCKS * 1024);
  const child = new Child('updater.ts', [csv, ROWS, 'limited', 2, 2], limit);
  onTestFinished(() => child.kill());
  await child.line('ready');
  child.say('go');
  await child.line('done');
  expect(child.lines.filter((line) => /^late \S+ write_failed /.test(line))).toHaveLength(2);
  expect(await readFile(csv, 'utf8')).toBe(text);
  expect((await readdir(dirname(csv), { recursive: true })).filter((name) => name.endsWith('.tmp'))).toEqual(
    [],
  );

  await getDownloadStatusSummary(csv);
  const written = trackingOf(await readFile(csv, 'utf8'), ROWS).filter((cells) => cells[6] !== '');
  const rows = new Set(
    child.lines.filter((line) => line.startsWith('try ')).map((line) => line.split(' ')[1]),
  );
  expect(written).toHaveLength(rows.size);
});

it('a result that the CSV shows is not called missing because the ledger could not note that any more', async (ctx) => {
  if (spawnSync('prlimit', ['--version']).status !== 0)
    return ctx.skip('there is no prlimit here to set a limit while a process runs');
  const csv = join(await tempFolder(), 'people.csv');
  await writeFile(csv, sheetText(20));
  const child = new Child('full-after-rename.ts', [csv]);
  onTestFinished(() => child.kill());
  await child.line('synced');
  const shown = trackingOf(await readFile(csv, 'utf8'), 20);
  expect(shown[1]?.[0]).toBe('completed');
  expect(child.lines).toEqual(['written', 'synced']);
});
