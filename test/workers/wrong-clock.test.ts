import { once } from 'node:events';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { HEADER } from '../cli/fixtures.ts';
import { examplesDesk, newDatabase } from '../store/fixtures.ts';
import { startCli } from '../support/cli.ts';
import { startTestInternet } from '../support/internet.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { readCells } from '../tracker/fixtures.ts';
import { completedIn, startSharedRun } from './fixtures.ts';

const CLOCK_OFF = new URL('../support/clock-off.js', import.meta.url).href;
const HOUR = 3_600_000;
const ROWS = 30;
const PACE = 200;
/** The first request of a process comes late: its code and its connection are cold. Milliseconds. */
const COLD = 300;

let postgres: TestPostgres;
let internet: Internet;
beforeAll(async () => {
  [postgres, internet] = await Promise.all([startPostgres(), startTestInternet()]);
});
afterAll(() => internet.close());

it('workers whose clocks are an hour off keep the pace together with others, and lose and repeat nothing', async () => {
  const store = await newDatabase(postgres, 'clocks');
  const ids = Array.from({ length: ROWS }, (_, n) => `wrong-clock-file-number-${n}`);
  for (const id of ids) internet.drive.addFile({ id, name: `${id}.txt`, body: id });
  const lines = ids.map(
    (id, n) => `${n},N ${n},n${n}@x.example,T,,https://drive.google.com/file/d/${id}/view`,
  );
  const desk = await examplesDesk(internet, [HEADER, ...lines]);
  const workers = [0, HOUR, -HOUR].map((off) => {
    const env = { ...desk.env(store), NODE_OPTIONS: `--import ${CLOCK_OFF}`, CLOCK_OFF_MS: String(off) };
    const started = startCli(['worker', '--lease', '5s', '--pace', `${PACE}ms`], { cwd: desk.folder, env });
    onTestFinished(async () => {
      if (started.child.exitCode !== null) return;
      started.child.kill('SIGKILL');
      await once(started.child, 'close');
    });
    return started;
  });
  const run = startSharedRun(desk, store, '--quiet');
  expect((await run.result).code).toBe(0);
  for (const { child } of workers) child.kill('SIGTERM');
  for (const { result } of workers) expect((await result).code).toBe(0);
  // When each file was first asked for, as the host saw it.
  const asked = ids
    .map(
      (id) =>
        internet.requests.find(({ path, query }) => path.includes(id) || query.get('id') === id)?.at ?? 0,
    )
    .toSorted((one, other) => one - other);
  // The first ones are late for certain: when the first turn began is told by the most punctual of ten.
  const begun = Math.min(...asked.slice(0, 10).map((at, nth) => at - nth * PACE));
  for (const [nth, at] of asked.entries()) expect(nth).toBeLessThanOrEqual((at - begun + COLD) / PACE + 1);
  expect(Object.values(await completedIn(store))).toEqual(Array(ROWS).fill(1));
  expect((await readCells(desk.csv)).map((row) => row['drive_status'])).toEqual(
    Array(ROWS).fill('completed'),
  );
});
