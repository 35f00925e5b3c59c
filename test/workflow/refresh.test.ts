import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { startTestInternet } from '../support/internet.ts';
import { csvFile, HEADER, readCells } from '../tracker/fixtures.ts';
import { video, workOn } from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(() => internet.close());

const list = (id: string) => `https://www.youtube.com/playlist?list=${id}`;
const fetched = (requests: Internet['requests']) =>
  new Set(requests.filter(({ path }) => path === '/videoplayback').map(({ query }) => query.get('id')));

it('a run with refresh takes up what a completed playlist has got since, and fetches nothing twice', async () => {
  const ids = ['a', 'b', 'c', 'd'].map((letter) => `refresh-${letter}-1`);
  for (const id of ids) internet.youtube.addVideo({ id, itags: [18], seconds: 1 });
  const single = internet.youtube.addVideo({ id: 'refresh-one', itags: [18], seconds: 1 });
  internet.youtube.addPlaylist({ id: 'PLrefresh01', videoIds: ids.slice(0, 2) });
  const csv = await csvFile([
    HEADER,
    `1,A,a@x,T,${list('PLrefresh01')},,`,
    `2,B,b@x,T,${video(single.id)},,`,
  ]);
  expect((await workOn(internet, csv)).summary.complete).toBe(true);

  internet.youtube.addPlaylist({ id: 'PLrefresh01', videoIds: ids });
  const without = await workOn(internet, csv);
  expect(without.requests).toEqual([]);

  const refreshed = await workOn(internet, csv, { refresh: true });
  expect(refreshed.summary).toMatchObject({ complete: true, youtube: { tried: 1, completed: 1, files: 2 } });
  expect(fetched(refreshed.requests)).toEqual(new Set(ids.slice(2)));
  expect((await readCells(csv))[0]).toMatchObject({
    youtube_status: 'completed',
    youtube_media_id: ids.join(','),
  });

  // A list that is gone, or cannot be read just now, takes nothing away from what is here.
  internet.youtube.addPlaylist({ id: 'PLrefresh01', videoIds: [] });
  const gone = await workOn(internet, csv, { refresh: true });
  internet.youtube.faults = { page: { status: 500 } };
  const unread = await workOn(internet, csv, { refresh: true });
  internet.youtube.faults = {};
  expect([gone.summary.complete, unread.summary.complete]).toEqual([true, true]);
  expect(unread.summary.notes.join()).toContain('row 1: its list could not be read anew');
  expect((await readCells(csv))[0]).toMatchObject({
    youtube_status: 'completed',
    youtube_media_id: ids.join(','),
    youtube_files: expect.stringMatching(/^(?:[^,]+,){3}[^,]+$/),
  });
});
