import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { startTestInternet } from '../support/internet.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { readCells } from '../tracker/fixtures.ts';
import { killOnTheWay } from './torture/killed-playlist.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(() => internet.close());

it(
  'a playlist with dead entries whose run is killed five times on the way is fetched once, and its row is right',
  { timeout: 300_000 },
  async () => {
    const kills = 5;
    const end = await killOnTheWay({ folder: await tempFolder(), internet, entries: 60, dead: 6, kills });
    expect(end.code).toBe(0);
    expect(end.fetchedAgain).toEqual([]);
    expect([...end.fetches.keys()].toSorted()).toEqual([...end.living]);
    // What was under way at a kill, one video at a time, may have to be asked for once more.
    const more = [...end.fetches.values()].reduce((sum, count) => sum + count - 1, 0);
    expect(more).toBeLessThanOrEqual(kills);
    const [row] = await readCells(end.csv);
    expect(row).toMatchObject({ youtube_status: 'completed', youtube_media_id: end.living.join(',') });
    expect(row?.['youtube_files']?.split(',')).toHaveLength(end.living.length);
  },
);
