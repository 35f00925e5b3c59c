import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { HEADER, json } from '../cli/fixtures.ts';
import { administer, examplesDesk, newDatabase } from '../store/fixtures.ts';
import { startTestInternet } from '../support/internet.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { readCells } from '../tracker/fixtures.ts';
import { startSharedRun, startWorker } from './fixtures.ts';

const UNREADABLE = ['--ca-cert', '/nowhere/ca.pem'] as const;

let postgres: TestPostgres;
let internet: Internet;
beforeAll(async () => {
  [postgres, internet] = await Promise.all([startPostgres(), startTestInternet()]);
});
afterAll(() => internet.close());

/** One row of a video and a file. */
async function oneRow(name: string) {
  const video = internet.youtube.addVideo({ id: `untrusted-${name}`, title: 'Kept' });
  const file = internet.drive.addFile({ id: `untrusted-file-${name}`, name: 'a.txt', body: 'a' });
  return examplesDesk(internet, [
    HEADER,
    `1,A,a@x.example,T,https://youtu.be/${video.id},https://drive.google.com/file/d/${file.id}/view`,
  ]);
}

it('a run with a store whose certificates are of no use asks nobody, loses no attempt and says why', async () => {
  const store = await newDatabase(postgres, 'untrusted_run');
  const desk = await oneRow('a');
  const asked = internet.requests.length;
  const run = await desk.rowtrail(store, 'run', 'people.csv', '--pace', 'off', '--json', ...UNREADABLE);
  expect(run.code).toBe(3);
  expect(json(run)).toMatchObject({
    notes: [
      expect.stringMatching(/ENOENT\)\. No YouTube download was tried\. Give a PEM file/),
      expect.stringMatching(/ENOENT\)\. No Drive download was tried\. Give a PEM file/),
    ],
    youtube: { tried: 0, left: 1 },
    drive: { tried: 0, left: 1 },
  });
  expect(internet.requests.length).toBe(asked);
  expect(await readCells(desk.csv)).toMatchObject([
    { youtube_status: 'pending', drive_status: 'pending', download_errors: '' },
  ]);
  expect(await administer(store, 'SELECT 1 FROM rowtrail.attempt')).toEqual([]);
});

it('a worker whose certificates are of no use takes no job, and leaves them to one that can be trusted', async () => {
  const store = await newDatabase(postgres, 'untrusted_worker');
  const desk = await oneRow('b');
  // What this machine lacks is of no account to a run that leaves the fetching to others.
  const run = startSharedRun(desk, store, '--json', ...UNREADABLE);
  const refused = await startWorker(desk, store, ...UNREADABLE).result;
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringMatching(/ca\.pem: .*cannot be read \(ENOENT\)\. No YouTube download was tried\./),
  ]);
  const able = startWorker(desk, store, '--pace', 'off');
  const done = await run.result;
  expect([done.code, json(done)]).toMatchObject([0, { youtube: { completed: 1 }, drive: { completed: 1 } }]);
  able.kill('SIGTERM');
  expect((await able.result).code).toBe(0);
  expect(await administer(store, 'SELECT count(*)::int AS count FROM rowtrail.attempt')).toEqual([
    { count: 2 },
  ]);
});
