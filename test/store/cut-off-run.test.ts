import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { HEADER } from '../cli/fixtures.ts';
import { startCli } from '../support/cli.ts';
import { droppingProxy } from '../support/dropping-proxy.ts';
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

it(
  'a run whose network drops what goes to the store waits, loses nothing and records each row once',
  // The proxy answers the server's signs of life for a connection that is dead, so its session keeps its lock: the end of the run waits for that,
  // one or two minutes; once it had not ended after four.
  { timeout: 480_000 },
  async () => {
    const lines = Array.from({ length: ROWS }, (_, n) => {
      const file = internet.drive.addFile({
        id: `cut-off-drive-file-${n}`,
        name: `${n}.bin`,
        body: { size: 50_000, seed: n },
        // Slow, so that something is still to be recorded when the commit is cut.
        faults: { download: { bytesPerSecond: 100_000 } },
      });
      return `${n},N ${n},n${n}@x.example,T,,https://drive.google.com/file/d/${file.id}/view`;
    });
    const store = await newDatabase(postgres, 'cut_off');
    const recorded = async () =>
      (await administer(store, 'SELECT 1 FROM rowtrail.attempt').catch(() => [])).length;
    await using proxy = await droppingProxy(store);
    const desk = await examplesDesk(internet, [HEADER, ...lines]);
    const { result } = startCli(['run', 'people.csv', '--quiet'], {
      cwd: desk.folder,
      env: desk.env(proxy.url),
    });
    await expect.poll(recorded, { timeout: 60_000, interval: 20 }).toBeGreaterThan(5);
    proxy.cut();
    await sleep(4000);
    proxy.mend();
    await expect.poll(recorded, { timeout: 90_000, interval: 20 }).toBeGreaterThan(30);
    proxy.cutAtCommit();
    await expect.poll(proxy.isCut, { timeout: 30_000, interval: 5 }).toBe(true);
    proxy.mend();
    expect(await result).toMatchObject({ code: 0, stderr: '' });
    expect((await readCells(desk.csv)).map((row) => row['drive_status'])).toEqual(
      Array(ROWS).fill('completed'),
    );
    const attempts = await administer(
      store,
      'SELECT count(*)::int AS count FROM rowtrail.attempt GROUP BY row_id',
    );
    expect(attempts.map(({ count }) => count)).toEqual(Array(ROWS).fill(1));
  },
);
