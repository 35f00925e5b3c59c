import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { withTracker } from '../../src/tracker/index.ts';
import { startTestInternet } from '../support/internet.ts';
import { csvFile, HEADER } from '../tracker/fixtures.ts';
import { file, hurriedClock, workOn } from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  internet.drive.addFile({ id: 'sample-fine-1', name: 'fine.txt', body: 'words' });
  internet.drive.addFile({
    id: 'sample-fails-1',
    name: 'fails.txt',
    body: 'words',
    faults: { download: { status: 503 } },
  });
});
afterAll(() => internet.close());

const samplesOf = (csv: string) =>
  withTracker(csv, async (tracker) => (await tracker.ledger()).samplesSince('1970-01-01T00:00:00.000Z'));

it('a run begins and ends with a sample of how the whole CSV stands, and tells of alerts once', async () => {
  const csv = await csvFile([
    HEADER,
    `1,A,a@x,T,,${file('sample-fine-1')},`,
    `2,B,b@x,T,,${file('sample-fails-1')},`,
    `3,C,c@x,T,,nonsense,`,
  ]);
  const { summary, events } = await workOn(internet, csv, { clock: hurriedClock() });
  expect(await samplesOf(csv)).toMatchObject([
    { totalRows: 3, completed: 0, failed: 0 },
    { totalRows: 3, pending: 0, completed: 1, failed: 2, activeProcesses: 1 },
  ]);
  const alerts = events.flatMap((event) => (event.kind === 'alert' ? [event.message] : []));
  expect(alerts).toHaveLength(1);
  expect(alerts[0]).toContain('high_failure_rate');
  expect(await readFile(summary.log, 'utf8')).toContain('high_failure_rate');

  const next = await workOn(internet, csv);
  expect(next.events.filter(({ kind }) => kind === 'alert')).toEqual([]);
  expect(await samplesOf(csv)).toMatchObject([
    { failed: 0 },
    { failed: 2 },
    { pending: 0, completed: 1, failed: 2 },
    { pending: 0, completed: 1, failed: 2 },
  ]);
});

it('an alert condition that cannot be judged is refused before anything is fetched', async () => {
  const csv = await csvFile([HEADER, `1,A,a@x,T,,${file('sample-fine-1')},`]);
  const asked = internet.requests.length;
  const alerts = [
    { name: 'mine', metric: 'eror_rate', comparison: '>', threshold: 0.5, severity: 'warning' },
  ] as const;
  await expect(workOn(internet, csv, { alerts })).rejects.toThrow(
    /no metric "eror_rate", did you mean errorRate/,
  );
  expect(internet.requests).toHaveLength(asked);
});
