import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { listFailures, type RunEvent } from '../../src/index.ts';
import { startTestInternet } from '../support/internet.ts';
import { csvFile, HEADER, readCells } from '../tracker/fixtures.ts';
import { file, video, workOn } from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(() => internet.close());

/** Longer than the lines of a run's log are gathered, and than the first retry of a second is put off. */
const LATER_MS = 1500;

it('what one source throws ends the run once the other was stopped; its downloads lose nothing', async () => {
  const slow = { download: { bytesPerSecond: 20_000 } };
  const ids = Array.from({ length: 6 }, (_, at) => `one-source-fails-${at}`);
  for (const id of ids) internet.drive.addFile({ id, body: Buffer.alloc(2 << 20, id), faults: slow });
  internet.youtube.addVideo({ id: 'oneSrcFails' });
  const csv = await csvFile([
    HEADER,
    `0,A,a@x,T,${video('oneSrcFails')},${file(ids[0] ?? '')},`,
    ...ids.slice(1).map((id, at) => `${at + 1},B,b@x,T,,${file(id)},`),
  ]);
  const events: RunEvent[] = [];
  // The command line refuses it before; a caller of the API may have written it, and every YouTube download throws.
  const options = { limitRate: 'fast', concurrency: 2, onEvent: (event: RunEvent) => events.push(event) };
  await expect(workOn(internet, csv, options)).rejects.toThrow('"fast" is not a number of bytes');
  const told = events.length;
  const asked = internet.requests.length;
  await sleep(LATER_MS);
  expect(events.length).toBe(told);
  expect(internet.requests.length).toBe(asked);
  expect(events.some((event) => event.kind === 'started' && event.downloadType === 'drive')).toBe(true);
  for (const cells of await readCells(csv))
    expect(cells).toMatchObject({ drive_status: 'pending', download_errors: '' });
  expect(await listFailures(csv)).toEqual([]);
});
