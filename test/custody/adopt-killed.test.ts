import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { runCli, startCli } from '../support/cli.ts';
import { readCells } from '../tracker/fixtures.ts';
import { adoptBy, film, namesIn, placeWith, putBytes, seenIn, video } from './leavings.ts';

const ROWS = 20;
const KILLS = 6;
const PADDING = 3 << 20;

/** A film of some size: players skip what stands behind it. */
async function longFilm(n: number): Promise<Buffer> {
  const rest = Buffer.alloc(PADDING, n);
  rest.writeUInt32BE(rest.length, 0);
  rest.write('free', 4, 'latin1');
  return Buffer.concat([await film(n), rest]);
}

it('an adoption that is killed again and again loses nothing, leaves the folder as it was, and the last one does the rest', async () => {
  const ids = Array.from({ length: ROWS }, (_, n) => `killed-${String(n).padStart(4, '0')}`);
  const place = await placeWith(ids.map((id, n) => ({ id: String(n), youtube: video(id) })));
  for (const [n, id] of ids.entries())
    await putBytes(join(place.old, `Film ${n} [${id}].mp4`), await longFilm(n % 4));
  const before = await seenIn(place.old);
  const own = async () =>
    (await readFile(place.csv, 'utf8')).split('\r\n').map((line) => line.split(',').slice(0, 6).join(','));
  const rows = await own();
  const stored = async () =>
    (await namesIn(place.youtube)).filter((name) => name.endsWith('_metadata.json')).length;
  const completed = new Set<string>();
  const shares = ['--no-share'];
  for (let kill = 0; kill < KILLS; kill++) {
    const wanted = (await stored()) + 1 + Math.floor(Math.random() * 3);
    const { child, result } = startCli(['adopt', 'people.csv', 'old', ...shares], { cwd: place.folder });
    let ended = false;
    void result.then(() => (ended = true));
    while (!ended && (await stored()) < wanted) await sleep(1);
    await sleep(Math.random() * 20);
    child.kill('SIGKILL');
    await result;
    expect(await own()).toEqual(rows);
    expect(await seenIn(place.old)).toEqual(before);
    // Whatever the CSV says of a row by now is so, and stays so.
    expect((await runCli(['status', 'people.csv'], { cwd: place.folder })).code).toBe(0);
    const cells = await readCells(place.csv);
    for (const id of completed)
      expect(cells.find((row) => row['row_id'] === id)).toMatchObject({ youtube_status: 'completed' });
    for (const row of cells) {
      if (row['youtube_status'] !== 'completed') continue;
      completed.add(row['row_id'] ?? '');
      const n = Number(row['row_id']);
      const bytes = await readFile(join(place.youtube, row['youtube_files'] ?? ''));
      expect(bytes.equals(await longFilm(n % 4))).toBe(true);
    }
  }
  const { result, said } = await adoptBy(place, shares);
  expect(result).toMatchObject({ code: 0 });
  expect(said.here + said.downloads.length).toBe(ROWS);
  const files = (await readCells(place.csv)).map((row) => row['youtube_files'] ?? '');
  expect(files.every((file) => file !== '')).toBe(true);
  const there = await readdir(place.youtube);
  expect(
    there.filter((name) => !name.endsWith('_metadata.json') && name !== '.rowtrail-staging').toSorted(),
  ).toEqual(files.toSorted());
  // What the killed ones were copying is gone, too.
  const left = await readdir(place.youtube, { recursive: true });
  expect(left.filter((name) => name.includes('adopted-'))).toEqual([]);
  expect(await runCli(['verify', 'people.csv', '--hash'], { cwd: place.folder })).toMatchObject({
    code: 0,
  });
  expect(await seenIn(place.old)).toEqual(before);
});

it('Ctrl-C ends it with 130: what was done stands in the CSV, and the next one goes on', async () => {
  const ids = Array.from({ length: ROWS }, (_, n) => `stopped${String(n).padStart(4, '0')}`);
  const place = await placeWith(ids.map((id, n) => ({ id: String(n), youtube: video(id) })));
  for (const [n, id] of ids.entries()) await putBytes(join(place.old, `[${id}].mp4`), await longFilm(n % 4));
  const { child, result } = startCli(['adopt', 'people.csv', 'old', '--no-share'], { cwd: place.folder });
  while ((await namesIn(place.youtube)).filter((name) => name.endsWith('.mp4')).length < 2) await sleep(1);
  child.kill('SIGINT');
  const { code } = await result;
  const cells = await readCells(place.csv);
  const done = cells.filter((row) => row['youtube_status'] === 'completed').length;
  // The signal may have come after the last row, while it ended.
  expect(done === ROWS ? [0, 130] : [130]).toContain(code);
  expect(done).toBeGreaterThan(0);
  expect(cells.filter((row) => row['youtube_status'] === 'downloading')).toEqual([]);
  expect((await adoptBy(place)).said).toMatchObject({ here: done });
  expect((await readCells(place.csv)).every((row) => row['youtube_status'] === 'completed')).toBe(true);
});
