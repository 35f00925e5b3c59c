import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { getDownloadStatusSummary, resetDownloadStatus } from '../../src/tracker/index.ts';
import type { RunEvent, WorkflowOptions } from '../../src/index.ts';
import { startTestInternet } from '../support/internet.ts';
import { csvFile, HEADER } from '../tracker/fixtures.ts';
import { file, video, workOn } from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  for (const n of [0, 1, 7]) internet.drive.addFile({ id: `plain-file-${n}`, name: `${n}.txt`, body: 'x' });
});
afterAll(() => internet.close());

/** Saves a CSV as an editor does. */
async function save(csv: string, change: (text: string) => string): Promise<void> {
  await writeFile(`${csv}.new`, change(await readFile(csv, 'utf8')));
  await rename(`${csv}.new`, csv);
}

describe('a run whose CSV is changed once all of it is done or under way', () => {
  const rows = [0, 1, 2].map((n) => `${n},A,a@x,T,,${file(`plain-file-${n}`)}`);
  const added = (id: string, link: string) => (csv: string) =>
    save(csv, (text) => `${text}${id},A,a@x,T,${link}\n`);
  const addFile = added('9', `,${file('plain-file-7')}`);

  /** Runs, and changes the CSV once two of the three rows are completed in it. */
  async function changed(change: (csv: string) => Promise<unknown>, options: WorkflowOptions = {}) {
    const csv = await csvFile([HEADER, ...rows]);
    // The third one is under way until the CSV is changed, and long enough for that to be seen.
    const isChanged = Promise.withResolvers<void>();
    const faults = { download: { until: isChanged.promise, latencyMs: 2000 } };
    internet.drive.addFile({ id: 'plain-file-2', name: '2.txt', body: 'x', faults });
    const twoAreDone = Promise.withResolvers<void>();
    const onEvent = (event: RunEvent) => {
      if ('totals' in event && event.totals.done === 2) twoAreDone.resolve();
    };
    const running = workOn(internet, csv, { ...options, onEvent });
    await twoAreDone.promise;
    // Each command that opens the CSV writes into it what was recorded.
    expect(await getDownloadStatusSummary(csv)).toMatchObject({ drive: { completed: 2 } });
    await change(csv);
    isChanged.resolve();
    return { csv, ...(await running) };
  }

  it.each<[string, (csv: string) => Promise<unknown>]>([
    ['a row was set back by hand', (csv) => save(csv, (text) => text.replace('completed', 'pending'))],
    ['a row was reset by another command', (csv) => resetDownloadStatus('0', 'drive', csv)],
    ['a row was added', addFile],
  ])('works off what is left to do where %s', async (_, change) => {
    const { csv, summary, events } = await changed(change);
    expect(summary).toMatchObject({
      ...{ complete: true, drive: { tried: 4, completed: 4, left: 0 } },
      metrics: { pendingDownloads: 0 },
    });
    expect(summary.notes).toContain('the CSV was changed meanwhile: 1 more download is tried');
    expect(events.findLast(({ kind }) => kind === 'completed')).toMatchObject({
      totals: { done: 4, total: 4 },
    });
    expect((await workOn(internet, csv)).summary.drive.tried).toBe(0);
  });

  it('tries no more than its limit and its types, and calls the rest neither tried nor left', async () => {
    const change = async (csv: string) => {
      await addFile(csv);
      await added('8', `${video('aaaaaaaaaaa')},`)(csv);
    };
    const { csv, summary } = await changed(change, { maxDrive: 3, skipYoutube: true });
    expect(summary).toMatchObject({
      ...{ complete: true, youtube: { tried: 0, left: 0 } },
      drive: { tried: 3, completed: 3, left: 0 },
    });
    const next = await workOn(internet, csv, { skipYoutube: true });
    expect(next.summary).toMatchObject({ drive: { tried: 1, completed: 1 } });
  });

  it('ends where the CSV is touched on and on, with what failed of the added rows', async () => {
    const over = new AbortController();
    let touching = Promise.resolve();
    const { summary } = await changed(async (csv) => {
      await added('8', `${video('not a link')},${file('nowhere-file')}`)(csv);
      touching = touch(csv, over.signal);
    });
    over.abort();
    await touching;
    expect(summary).toMatchObject({
      ...{ complete: false, youtube: { tried: 1, failed: 1, left: 0 } },
      drive: { tried: 4, completed: 3, failed: 1, left: 0 },
    });
  });

  /** Saves the CSV again and again, with another name in a row each time. */
  async function touch(csv: string, signal: AbortSignal): Promise<void> {
    for (let n = 0; !signal.aborted; n++) {
      await save(csv, (text) => text.replace(/^2,A[0-9]*,/m, `2,A${n},`));
      await sleep(600);
    }
  }
});
