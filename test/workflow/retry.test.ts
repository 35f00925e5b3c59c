import { writeFile, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { startTestInternet } from '../support/internet.ts';
import { csvFile, HEADER, rowOf } from '../tracker/fixtures.ts';
import { file, hurriedClock, workOn } from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  for (const id of ['retry-fine-1', 'retry-fine-2', 'retry-other-1'])
    internet.drive.addFile({ id, name: `${id}.txt`, body: 'words' });
});
afterAll(() => internet.close());

const trouble = (id: string, status: number, times?: number) =>
  internet.drive.addFile({
    id,
    name: `${id}.txt`,
    body: 'words',
    faults: { download: { status, ...(times === undefined ? {} : { times }) } },
  });

it('a download that fails for a while is tried again in the same run, and holds up nobody while it waits', async () => {
  trouble('retry-twice', 503, 2);
  const csv = await csvFile([
    HEADER,
    ...['retry-twice', 'retry-fine-1', 'retry-fine-2'].map((id, at) => `${at},A,a@x,T,,${file(id)},`),
  ]);
  const clock = hurriedClock();
  const { summary, events } = await workOn(internet, csv, { clock, concurrency: 1 });
  expect(summary).toMatchObject({
    complete: true,
    drive: { tried: 3, completed: 3, failed: 0, retries: 2 },
    failures: [],
  });
  const told = events.flatMap((event) => {
    if (event.kind === 'retrying') return [`retry ${event.failure.rowId} after ${event.attempts}`];
    return event.kind === 'completed' ? [`completed ${event.rowId}`] : [];
  });
  const of = (row: string) => told.filter((text) => text.split(' ')[1] === row);
  expect(of('0')).toEqual(['retry 0 after 1', 'retry 0 after 2', 'completed 0']);
  expect([...of('1'), ...of('2')]).toEqual(['completed 1', 'completed 2']);
  const started = events.flatMap((event) => (event.kind === 'started' ? [event.rowId] : []));
  expect(started.slice(0, 2)).toEqual(['0', '1']);
  expect(started).toHaveLength(5);
  const waits = events.flatMap((event) => (event.kind === 'retrying' ? [event.seconds] : []));
  expect(waits).toEqual([5, 10]);
  expect(await rowOf(csv, '0')).toMatchObject({ drive_status: 'completed' });
});

it('a download that goes on failing ends as failed once, with all its attempts', async () => {
  trouble('retry-always', 503);
  const csv = await csvFile([HEADER, `7,A,a@x,T,,${file('retry-always')},`]);
  const { summary } = await workOn(internet, csv, { clock: hurriedClock() });
  expect(summary).toMatchObject({ drive: { tried: 1, failed: 1, retries: 2 }, complete: false });
  expect(summary.failures).toHaveLength(1);
  const { drive_status, download_errors = '' } = await rowOf(csv, '7');
  expect(drive_status).toBe('failed');
  expect(download_errors.split('; ')).toHaveLength(3);
  // Its attempts are used up: the next run leaves it alone.
  const next = await workOn(internet, csv, { clock: hurriedClock() });
  expect(next.summary).toMatchObject({ drive: { tried: 0 }, plan: { drive: { givenUp: 1 } } });
  expect(next.requests).toEqual([]);
});

it('what trying again cannot mend is tried once', async () => {
  internet.drive.addFile({ id: 'retry-never', name: 'x.txt', body: 'x', behaviour: 'sign-in' });
  const csv = await csvFile([HEADER, `1,A,a@x,T,,${file('retry-never')},`]);
  const { summary } = await workOn(internet, csv, { clock: hurriedClock() });
  expect(summary).toMatchObject({ drive: { failed: 1, retries: 0 } });
});

it('nothing that failed is tried again where failed downloads are left out', async () => {
  trouble('retry-left-out', 503);
  const csv = await csvFile([HEADER, `1,A,a@x,T,,${file('retry-left-out')},`]);
  const { summary } = await workOn(internet, csv, { clock: hurriedClock(), includeFailed: false });
  expect(summary).toMatchObject({ drive: { tried: 1, failed: 1, retries: 0 } });
});

it('a link that was changed while its download waited is fetched in place of the old one', async () => {
  trouble('retry-changed', 503);
  const csv = await csvFile([HEADER, `1,A,a@x,T,,${file('retry-changed')},`]);
  let edited: Promise<void> | null = null;
  const { summary, requests } = await workOn(internet, csv, {
    onEvent: ({ kind }) => {
      if (kind === 'retrying') edited ??= edit();
    },
  });
  async function edit() {
    const text = await readFile(csv, 'utf8');
    await writeFile(csv, text.replace('retry-changed', 'retry-other-1'));
  }
  await edited;
  const next = summary.complete ? summary : (await workOn(internet, csv)).summary;
  expect(next.complete).toBe(true);
  expect(await rowOf(csv, '1')).toMatchObject({ drive_status: 'completed', drive_media_id: 'retry-other-1' });
  expect(requests.filter(({ path }) => path.includes('retry-changed')).length).toBeLessThan(6);
});
