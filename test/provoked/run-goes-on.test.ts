import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { DownloadMonitor } from '../../src/index.ts';
import { startTestInternet } from '../support/internet.ts';
import { csvFile, HEADER, readCells } from '../tracker/fixtures.ts';
import { hurriedClock, workOn } from '../workflow/fixtures.ts';
import { plantFine } from './plantings.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(() => internet.close());

const DAY = 86_400_000;

const fiveRows = (n: number) =>
  csvFile([HEADER, ...[0, 1, 2, 3, 4].map((at) => `${at},A,a@x,T,,${plantFine(internet, n + at)},`)]);

const statusesOf = async (csv: string) => (await readCells(csv)).map((row) => row['drive_status']);

it('a webhook that never answers holds up the end of a run for seconds only, and is said', async () => {
  const hanging = createServer(() => {});
  hanging.listen(0, '127.0.0.1');
  await once(hanging, 'listening');
  onTestFinished(() => {
    hanging.closeAllConnections();
    hanging.close();
  });
  const { port } = hanging.address() as AddressInfo;
  const csv = await csvFile([HEADER, '1,A,a@x,T,,nonsense,', `2,A,a@x,T,,${plantFine(internet, 1)},`]);
  const began = performance.now();
  const { summary } = await workOn(internet, csv, {
    alertTargets: { webhook: `http://127.0.0.1:${port}/` },
  });
  expect(performance.now() - began).toBeLessThan(25_000);
  expect(
    summary.notes.filter((note) => note.includes('alerts could not be sent to the webhook')),
  ).toHaveLength(1);
  expect(await statusesOf(csv)).toEqual(['failed', 'completed']);
});

it.each([
  ['back', -DAY],
  ['forward', DAY],
])(
  'a clock that is set %s by a day in the middle of a run neither stops it nor its samples',
  async (_where, jump) => {
    const csv = await fiveRows(jump > 0 ? 10 : 20);
    let ahead = 0;
    const clock = {
      now: () => Date.now() + ahead,
      sleep: (milliseconds: number, signal?: AbortSignal) =>
        sleep(milliseconds, undefined, signal ? { signal } : {}),
    };
    const { summary } = await workOn(internet, csv, {
      clock,
      concurrency: 1,
      pace: 'polite',
      onEvent: ({ kind }) => {
        if (kind === 'completed') ahead = jump;
      },
      signal: AbortSignal.timeout(20_000),
    });
    expect(summary).toMatchObject({ complete: true, interrupted: false, drive: { completed: 5 } });
    expect(await statusesOf(csv)).toEqual(Array.from({ length: 5 }, () => 'completed'));
    const report = await new DownloadMonitor({ csvPath: csv }).generateReport();
    expect(report.metrics).toMatchObject({ completedDownloads: 5, failedDownloads: 0 });
    expect(report.trend.throughputPerHour ?? 0).toBeGreaterThanOrEqual(0);
  },
);

it('a clock that is set back while a download waits for another attempt does not keep it waiting', async () => {
  const { id } = internet.drive.addFile({
    id: 'jump-fails-once',
    body: 'words',
    faults: { download: { status: 503, times: 1 } },
  });
  const csv = await csvFile([HEADER, `1,A,a@x,T,,https://drive.google.com/file/d/${id}/view,`]);
  const hurried = hurriedClock();
  let ahead = 0;
  const clock = { ...hurried, now: () => hurried.now() + ahead };
  const { summary } = await workOn(internet, csv, {
    clock,
    onEvent: ({ kind }) => {
      if (kind === 'retrying') ahead = -DAY;
    },
  });
  expect(summary).toMatchObject({ complete: true });
  expect(hurried.slept.filter((milliseconds) => milliseconds > 60_000)).toEqual([]);
});
