import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { HEADER, json } from '../cli/fixtures.ts';
import { startCli } from '../support/cli.ts';
import { startTestInternet } from '../support/internet.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { readCells } from '../tracker/fixtures.ts';
import { administer, examplesDesk, newDatabase } from './fixtures.ts';

const ROWS = 60;

let postgres: TestPostgres;
let internet: Internet;
beforeAll(async () => {
  [postgres, internet] = await Promise.all([startPostgres(), startTestInternet()]);
});
afterAll(() => internet.close());

/** Rows whose files take a while. */
function manyRows(name: string): readonly string[] {
  const lines = Array.from({ length: ROWS }, (_, n) => {
    const file = internet.drive.addFile({
      id: `${name}-drive-file-${n}`,
      name: `${n}.bin`,
      body: { size: 100_000, seed: n },
    });
    file.faults.download = { bytesPerSecond: 1_000_000 };
    return `${n},N ${n},n${n}@x.example,T,,https://drive.google.com/file/d/${file.id}/view`;
  });
  return [HEADER, ...lines];
}

const attemptsIn = async (store: string) =>
  (
    await administer(store, 'SELECT row_id, count(*)::int AS count FROM rowtrail.attempt GROUP BY row_id')
  ).map(({ count }) => count);
const recordedIn = (store: string) => async () =>
  (await administer(store, 'SELECT 1 FROM rowtrail.attempt').catch(() => [])).length;

it('a run goes on when PostgreSQL crashes and comes back: each row is recorded once', async () => {
  const store = await newDatabase(postgres, 'crashed');
  const desk = await examplesDesk(internet, manyRows('crashed'));
  const { result } = startCli(['run', 'people.csv', '--quiet'], { cwd: desk.folder, env: desk.env(store) });
  for (const upTo of [5, 25]) {
    await expect.poll(recordedIn(store), { timeout: 60_000, interval: 20 }).toBeGreaterThan(upTo);
    await postgres.stop();
    await sleep(300);
    await postgres.start();
  }
  expect(await result).toMatchObject({ code: 0, stderr: '' });
  expect((await readCells(desk.csv)).map((row) => row['drive_status'])).toEqual(
    Array(ROWS).fill('completed'),
  );
  expect(await attemptsIn(store)).toEqual(Array(ROWS).fill(1));
});

it('what was recorded before kill -9 is in the CSV with the next command, and is not fetched again', async () => {
  const store = await newDatabase(postgres, 'killed');
  const desk = await examplesDesk(internet, manyRows('killed'));
  for (const upTo of [3, 20]) {
    const { child, result } = startCli(['run', 'people.csv', '--quiet'], {
      cwd: desk.folder,
      env: desk.env(store),
    });
    await expect.poll(recordedIn(store), { timeout: 60_000, interval: 20 }).toBeGreaterThan(upTo);
    child.kill('SIGKILL');
    await result;
    const told = await desk.rowtrail(store, 'status', 'people.csv', '--json');
    // Counted after it: the server may still be committing what the killed one sent last.
    const recorded = await recordedIn(store)();
    expect(json(told)).toMatchObject({ drive: { completed: recorded, pending: ROWS - recorded } });
    const shown = (await readCells(desk.csv)).filter((row) => row['drive_status'] === 'completed');
    expect(shown).toHaveLength(recorded);
  }
  expect(await desk.rowtrail(store, 'run', 'people.csv', '--quiet')).toMatchObject({ code: 0 });
  expect(await attemptsIn(store)).toEqual(Array(ROWS).fill(1));
  const lines = (await readFile(desk.csv, 'utf8')).split('\r\n');
  expect(lines).toHaveLength(ROWS + 2);
});
