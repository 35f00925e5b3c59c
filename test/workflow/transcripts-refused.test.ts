import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { startTestInternet } from '../support/internet.ts';
import { csvFile, HEADER, readCells } from '../tracker/fixtures.ts';
import { hurriedClock, video, workOn } from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(() => internet.close());

it('a refusal of transcripts pauses them alone: videos go on, no attempt is lost, and what is missing comes in the same run', async () => {
  const ids = ['a', 'b', 'c', 'd'].map((letter) => `refused-${letter}-1`);
  for (const id of ids)
    internet.youtube.addVideo({ id, itags: [18], seconds: 1, captions: [{ lang: 'en', text: id }] });
  internet.youtube.faults = { timedtext: { status: 429, times: 2 } };
  const csv = await csvFile([HEADER, ...ids.map((id, at) => `${at},A,a@x,T,${video(id)},,`)]);
  const { summary, events, requests } = await workOn(internet, csv, {
    clock: hurriedClock(),
    concurrency: 1,
    retryAttempts: 1,
  });
  expect(summary).toMatchObject({ complete: true, youtube: { completed: 4, failed: 0, later: 0, files: 8 } });
  const paused = events.flatMap((event) => (event.kind === 'paused' ? [event.pause.host] : []));
  expect(new Set(paused)).toEqual(new Set(['YouTube transcripts']));
  expect(events.filter(({ kind }) => kind === 'waiting').length).toBeGreaterThan(0);
  const media = requests.filter(({ path }) => path === '/videoplayback').map(({ query }) => query.get('id'));
  expect(media.toSorted()).toEqual(ids);
  for (const row of await readCells(csv)) expect(row['youtube_files']).toMatch(/\.mp4,.*\.vtt$/);
});
