import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { HEADER, json } from '../cli/fixtures.ts';
import { administer, examplesDesk, newDatabase } from '../store/fixtures.ts';
import { startTestInternet } from '../support/internet.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { readCells } from '../tracker/fixtures.ts';
import { startSharedRun, startWorker } from './fixtures.ts';

let postgres: TestPostgres;
let internet: Internet;
beforeAll(async () => {
  [postgres, internet] = await Promise.all([startPostgres(), startTestInternet()]);
});
afterAll(() => internet.close());

it('where a host refuses us its downloads wait in the queue: they lose no attempt and hold up no other source', async () => {
  internet.youtube.behaviour = 'bot-check';
  const store = await newDatabase(postgres, 'refused');
  const rows = Array.from({ length: 6 }, (_, n) => {
    const file = internet.drive.addFile({ id: `open-drive-file-${n}`, name: `${n}.txt`, body: String(n) });
    internet.youtube.addVideo({ id: `refused-0${n}0`, title: 'Refused' });
    return `${n},N,n${n}@x.example,T,https://www.youtube.com/watch?v=refused-0${n}0,https://drive.google.com/file/d/${file.id}/view`;
  });
  const desk = await examplesDesk(internet, [HEADER, ...rows]);
  const worker = startWorker(desk, store, '--pace', 'off');
  const run = await startSharedRun(desk, store, '--max-wait', '1s', '--json').result;
  expect([run.code, json(run)]).toEqual([
    3,
    expect.objectContaining({
      drive: expect.objectContaining({ completed: 6 }),
      youtube: expect.objectContaining({ completed: 0, failed: 0 }),
    }),
  ]);
  for (const cells of await readCells(desk.csv))
    expect(cells).toMatchObject({ drive_status: 'completed', youtube_status: 'pending' });
  const attempts = `SELECT max(attempts)::int AS attempts FROM rowtrail.download WHERE download_type = 'youtube'`;
  expect((await administer(store, attempts))[0]?.['attempts'] ?? 0).toBe(0);
  const waiting = `SELECT count(*)::int AS count FROM rowtrail_queue.job WHERE name = 'youtube' AND state < 'active'`;
  expect(await administer(store, waiting)).toEqual([{ count: 6 }]);
  worker.kill('SIGTERM');
  expect((await worker.result).code).toBe(0);
});
