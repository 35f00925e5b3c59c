import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { planDownloads, whyRow } from '../../src/index.ts';
import { startTestInternet } from '../support/internet.ts';
import { csvFile, HEADER, rowOf } from '../tracker/fixtures.ts';
import { hurriedClock, video, workOn } from './fixtures.ts';

const HOUR_MS = 3_600_000;

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(() => internet.close());

it('a broadcast that is yet to come is asked for again when it has begun, and not before', async () => {
  const premiere = internet.youtube.addVideo({ id: 'premiere002', behaviour: 'upcoming' });
  const csv = await csvFile([HEADER, `1,A,a@x,T,${video(premiere.id)},,`]);
  const start = Date.now();
  const first = await workOn(internet, csv);
  expect(first.summary).toMatchObject({ complete: false, youtube: { tried: 1, later: 1 } });

  const stories = (await whyRow('1', { csvPath: csv }))?.downloads ?? [];
  const story = stories.find(({ downloadType }) => downloadType === 'youtube');
  expect(story).toMatchObject({ verdict: 'later', cause: 'upcoming', attempts: 0 });
  const notBefore = story?.notBefore ?? '';
  expect(Date.parse(notBefore) - start).toBeGreaterThanOrEqual(2 * HOUR_MS);
  expect(Date.parse(notBefore) - start).toBeLessThan(2.1 * HOUR_MS);
  const { download_errors: errors } = await rowOf(csv, '1');
  expect(errors).toMatch(
    /^youtube attempt 1 validation: .* begin in 2 hours: again at [-\d]{10} [\d:]{5} UTC$/,
  );

  const plan = await planDownloads(csv);
  expect(plan).toMatchObject({ waitingUntil: notBefore, youtube: { waiting: 1, toFetch: 0 } });
  const second = await workOn(internet, csv);
  expect(second.requests).toEqual([]);
  expect(second.summary).toMatchObject({ complete: false, youtube: { tried: 0 } });
  expect(await rowOf(csv, '1')).toMatchObject({ youtube_status: 'pending', download_errors: errors });

  premiere.behaviour = 'ok';
  const clock = hurriedClock();
  await clock.sleep(2.1 * HOUR_MS);
  const third = await workOn(internet, csv, { clock });
  expect(third.summary).toMatchObject({ complete: true, youtube: { completed: 1 } });
});
