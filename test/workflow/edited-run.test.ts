import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { resetDownloadStatus } from '../../src/tracker/index.ts';
import { startTestInternet } from '../support/internet.ts';
import { csvFile, HEADER } from '../tracker/fixtures.ts';
import { file, workOn } from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  for (const n of [0, 1, 7]) internet.drive.addFile({ id: `plain-file-${n}`, name: `${n}.txt`, body: 'x' });
  // Long enough for the results of the others to be in the CSV, and for a person to change it.
  const faults = { download: { latencyMs: 4000 } };
  internet.drive.addFile({ id: 'plain-file-2', name: '2.txt', body: 'x', faults });
});
afterAll(() => internet.close());

/** Saves a CSV as an editor does. */
async function save(csv: string, change: (text: string) => string): Promise<void> {
  await writeFile(`${csv}.new`, change(await readFile(csv, 'utf8')));
  await rename(`${csv}.new`, csv);
}

describe('a run whose CSV is changed once all of it is done or under way', () => {
  it.each<[string, (csv: string) => Promise<unknown>]>([
    ['a row was set back by hand', (csv) => save(csv, (text) => text.replace('completed', 'pending'))],
    ['a row was reset by another command', (csv) => resetDownloadStatus('0', 'drive', csv)],
    ['a row was added', (csv) => save(csv, (text) => `${text}9,A,a@x,T,,${file('plain-file-7')}\n`)],
  ])('ends with what is left to do where %s', async (_, change) => {
    const csv = await csvFile([HEADER, ...[0, 1, 2].map((n) => `${n},A,a@x,T,,${file(`plain-file-${n}`)}`)]);
    const running = workOn(internet, csv);
    while ((await readFile(csv, 'utf8')).match(/completed/g)?.length !== 2) await sleep(50);
    await change(csv);
    const { summary } = await running;
    expect(summary.complete).toBe(false);
    expect(summary.metrics).toMatchObject({ pendingDownloads: 1 });
    const next = await workOn(internet, csv);
    expect(next.summary).toMatchObject({ complete: true, drive: { tried: 1, completed: 1 } });
  });
});
