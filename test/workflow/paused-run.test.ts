import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { getRunState, pauseRun, resumeRun, type RunEvent, stopRun } from '../../src/index.ts';
import { startTestInternet } from '../support/internet.ts';
import { csvFile, HEADER, readCells } from '../tracker/fixtures.ts';
import { file, workOn } from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  for (let n = 0; n < 6; n++)
    internet.drive.addFile({
      id: `paused-drive-${n}`,
      name: `${n}.bin`,
      body: { size: 500_000, seed: n },
      faults: { download: { bytesPerSecond: 250_000 } },
    });
});
afterAll(() => internet.close());

const LINES = [
  HEADER,
  ...[0, 1, 2, 3, 4, 5].map((n) => `${n},N${n},n${n}@x,T,,${file(`paused-drive-${n}`)},`),
];

/** A run that has begun its first download. */
async function going() {
  const csv = await csvFile(LINES);
  const events: RunEvent[] = [];
  const run = workOn(internet, csv, { concurrency: 1, onEvent: (event) => events.push(event) });
  const started = () => events.filter(({ kind }) => kind === 'started').length;
  await expect.poll(started, { timeout: 20_000 }).toBeGreaterThan(0);
  await expect.poll(async () => (await getRunState(csv)).state, { timeout: 20_000 }).toBe('running');
  return { csv, run, events, started };
}

it('begins no new download while it is paused from outside, ends those under way, and goes on afterwards', async () => {
  const { csv, run, events, started } = await going();
  await expect
    .poll(async () => JSON.stringify(await getRunState(csv)), { timeout: 20_000 })
    .toContain('"receivedBytes":');
  await pauseRun(csv);
  await expect.poll(async () => (await getRunState(csv)).state, { timeout: 20_000 }).toBe('paused');
  const begun = started();
  expect(begun).toBeLessThan(6);
  expect(events).toContainEqual({
    kind: 'note',
    message: expect.stringContaining('paused from the dashboard'),
    wish: 'pause',
  });
  // Longer than a download takes.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(started()).toBe(begun);
  await resumeRun(csv);
  const { summary } = await run;
  expect(summary).toMatchObject({ complete: true, drive: { completed: 6 } });
  expect(await getRunState(csv)).toMatchObject({
    state: 'idle',
    lastRun: { runId: summary.runId, exit: 'done', message: null },
  });
});

it('ends as with Ctrl-C when it is stopped from outside, also while it is paused; the next run begins unpaused', async () => {
  const { csv, run } = await going();
  await pauseRun(csv);
  await expect.poll(async () => (await getRunState(csv)).state, { timeout: 20_000 }).toBe('paused');
  await stopRun(csv);
  const { summary } = await run;
  expect(summary.interrupted).toBe(true);
  expect(await getRunState(csv)).toMatchObject({ state: 'idle', lastRun: { exit: 'interrupted' } });
  await expect(pauseRun(csv)).rejects.toMatchObject({ code: 'usage' });
  const next = await workOn(internet, csv);
  expect(next.summary.complete).toBe(true);
  expect((await readCells(csv)).every((row) => row['drive_status'] === 'completed')).toBe(true);
});

it('takes a note that is nonsense, huge or of a killed run for what it is', async () => {
  const csv = await csvFile(LINES);
  const folder = join(csv, '..', '.rowtrail', 'people.csv');
  await workOn(internet, csv, { maxDrive: 1 });
  for (const nonsense of ['', '{', '{"format":1}', '[]', `"${'x'.repeat(600_000)}"`]) {
    await writeFile(join(folder, 'run-state.json'), nonsense);
    expect(await getRunState(csv)).toEqual({ state: 'idle', lastRun: null });
  }
  const totals = { done: 1, total: 5, bytesPerSecond: null, etaSeconds: null };
  const note = {
    ...{ format: 1, runId: 'r', pid: 1, since: '2026-11-01T10:00:00.000Z', wish: 'run', ended: null },
    ...{ totals: { ...totals, sources: { youtube: totals, drive: totals } }, active: [], failures: [] },
  };
  await writeFile(join(folder, 'run-state.json'), JSON.stringify(note));
  expect(await getRunState(csv)).toMatchObject({
    state: 'idle',
    lastRun: { runId: 'r', endedAt: null, exit: 'interrupted' },
  });
});
