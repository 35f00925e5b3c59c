import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished, expect, it } from 'vitest';
import { openSqliteLedger } from '../../../src/ledger/index.ts';
import { getDownloadStatusSummary, updateCsvDownloadStatus } from '../../../src/tracker/index.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { Child } from './child.ts';
import { type Report, resultOf, shows } from './outcomes.ts';
import { sheetText, type Tracking, trackingOf } from './sheet.ts';

const ROWS = 40;
/** Long enough for a lock with a time-out to be taken away, short enough for a test. */
const PATIENCE_MS = 2500;

const report = (row: number): Report => ({ row, type: 'youtube', success: true, word: 'mine' });

async function sheet(): Promise<string> {
  const csv = join(await tempFolder(), 'people.csv');
  await writeFile(csv, sheetText(ROWS));
  return csv;
}

const update = (csv: string, row: number) =>
  updateCsvDownloadStatus(row, 'youtube', resultOf(report(row)), csv);

async function rowIn(csv: string, row: number): Promise<Tracking> {
  return trackingOf(await readFile(csv, 'utf8'), ROWS)[row] ?? [];
}

/** A process that holds a lock of the CSV; it is killed when the test has finished, paused or not. */
async function holder(csv: string, lock: 'write' | 'run'): Promise<Child> {
  const child = new Child('holder.ts', [csv, lock]);
  onTestFinished(() => child.kill());
  await child.line('held');
  return child;
}

it('whoever waits for a paused holder of the write lock goes on when it was resumed and is done', async () => {
  const csv = await sheet();
  const paused = await holder(csv, 'write');
  paused.process.kill('SIGSTOP');
  const waiting = update(csv, 3);
  expect(await Promise.race([waiting, sleep(PATIENCE_MS, 'still waiting')])).toBe('still waiting');
  expect(await readFile(csv, 'utf8')).toBe(sheetText(ROWS));
  paused.process.kill('SIGCONT');
  paused.say('release');
  await waiting;
  expect(shows(await rowIn(csv, 3), report(3), 'youtube')).toBe(true);
});

it('whoever waits for a paused holder of the write lock goes on at once when it is killed', async () => {
  const csv = await sheet();
  const paused = await holder(csv, 'write');
  paused.process.kill('SIGSTOP');
  const waiting = update(csv, 3);
  expect(await Promise.race([waiting, sleep(500, 'still waiting')])).toBe('still waiting');
  await paused.kill();
  await waiting;
  expect(shows(await rowIn(csv, 3), report(3), 'youtube')).toBe(true);
});

it('a process that was paused in the middle of a rewrite writes over nothing that others did meanwhile', async () => {
  const csv = await sheet();
  await update(csv, 0);
  const child = new Child('updater.ts', [csv, ROWS, 'paused', 1, 3, '1/2']);
  onTestFinished(() => child.kill());
  await child.line('ready');
  child.say('go');
  await child.line('try');
  child.process.kill('SIGSTOP');
  const waiting = update(csv, 6);
  await sleep(300);
  // A person saves the file that the paused process was about to replace.
  await writeFile(csv, (await readFile(csv, 'utf8')).replace('padded', 'edited'));
  child.process.kill('SIGCONT');
  await Promise.all([waiting, child.line('done')]);
  const text = await readFile(csv, 'utf8');
  expect(text).toContain('edited');
  const cells = trackingOf(text.replace('edited', 'padded'), ROWS);
  expect(shows(cells[0] ?? [], report(0), 'youtube')).toBe(true);
  expect(shows(cells[6] ?? [], report(6), 'youtube')).toBe(true);
});

it('a paused run keeps its run lock: its downloads stay its own, others read and write as usual', async () => {
  const csv = await sheet();
  const paused = await holder(csv, 'run');
  paused.process.kill('SIGSTOP');
  await update(csv, 4);
  expect(await getDownloadStatusSummary(csv)).toMatchObject({ youtube: { completed: 1 } });
  const ledger = await openSqliteLedger(ledgerOf(csv));
  expect((await ledger.row('p1'))?.downloads.youtube?.status).toBe('downloading');
  const second = new Child('holder.ts', [csv, 'run']);
  await second.line('refused');
  await second.kill();

  await paused.kill();
  expect(await getDownloadStatusSummary(csv)).toMatchObject({ youtube: { completed: 1, pending: ROWS - 1 } });
  expect((await ledger.row('p1'))?.downloads.youtube?.status).toBe('pending');
  await ledger.close();
});

it('a result that was recorded by a process that was killed before the CSV showed it is put there by the next command', async () => {
  const csv = await sheet();
  await update(csv, 0);
  const lock = await holder(csv, 'write');
  const child = new Child('updater.ts', [csv, ROWS, 'killed', 4]);
  onTestFinished(() => child.kill());
  await child.line('ready');
  child.say('go');
  const ledger = await openSqliteLedger(ledgerOf(csv));
  await expect.poll(async () => (await ledger.unprojected(0, 10)).length).toBe(4);
  await child.kill();
  await lock.kill();
  const before = await readFile(csv, 'utf8');
  await getDownloadStatusSummary(csv);
  const after = trackingOf(await readFile(csv, 'utf8'), ROWS);
  const changed = trackingOf(before, ROWS).filter((cells, n) => cells.join() !== after[n]?.join());
  expect(changed).toHaveLength(4);
  expect(await ledger.unprojected(0, 10)).toEqual([]);
  await ledger.close();
  expect((await readdir(dirname(csv))).toSorted()).toEqual(['.rowtrail', 'people.csv']);
});

function ledgerOf(csv: string): string {
  return join(dirname(csv), '.rowtrail', 'people.csv', 'ledger.db');
}
