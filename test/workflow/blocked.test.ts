import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { runCli } from '../support/cli.ts';
import { startTestInternet } from '../support/internet.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { csvFile, HEADER, readCells } from '../tracker/fixtures.ts';
import { file, workOn } from './fixtures.ts';
import {
  shortestBetweenProbes,
  visitsInPauses,
  visitsOf,
  watchVisits,
  writeSheet,
} from './torture/blocked.ts';
import { fastClock } from './torture/fast-clock.ts';

const SIZE = { singles: 20, lists: 6, inList: 5, driveRows: 8 };
const BEFORE = 12;
const CONCURRENCY = 3;

let internet: Internet;
beforeEach(async () => {
  internet = await startTestInternet();
});
afterEach(() => internet.close());

it('a bot check in the middle fails no row, leaves Drive alone, ends the run with 3 and says what to do', async () => {
  const folder = await tempFolder();
  const csv = await writeSheet(folder, internet, SIZE);
  internet.youtube.behaviour = { kind: 'bot-check', after: BEFORE, times: Infinity };
  const network = ['--proxy', internet.proxyUrl, '--ca-cert', internet.caCertFile];
  const { code, stdout, stderr } = await runCli(
    ['run', 'people.csv', ...network, '--pace', 'off', '--max-wait', '30s'],
    { cwd: folder },
  );
  expect(code).toBe(3);
  // Those that were under way when it began, and nothing after them.
  expect(visitsOf(internet)).toBeLessThanOrEqual(BEFORE + CONCURRENCY);
  expect(visitsOf(internet)).toBeGreaterThan(BEFORE);
  for (const said of [stdout, stderr]) {
    expect(said.replaceAll(/\s+/g, ' ')).toContain(
      'YouTube asks whether we are a bot: wait an hour, then run again with a lower pace',
    );
  }
  expect(stderr).toContain('pace   off');
  const rows = await readCells(csv);
  const youtube = rows.filter((row) => row['row_id']?.startsWith('y'));
  expect(new Set(youtube.map((row) => row['youtube_status']))).toEqual(new Set(['pending', 'completed']));
  expect(new Set(rows.slice(youtube.length).map((row) => row['drive_status']))).toEqual(
    new Set(['completed']),
  );

  const status = await runCli(['status', 'people.csv'], { cwd: folder });
  expect(status.stdout).toMatch(/paused: YouTube is paused until [\d: -]+ \(bot check\)\. YouTube asks/);
  const metrics = await runCli(['metrics', 'people.csv', '--prometheus'], { cwd: folder });
  expect(metrics.stdout).toContain('_host_paused_until_timestamp_seconds{host="YouTube",cause="bot_check"}');

  // The next run probes at once, and no row has lost an attempt: one is enough for each.
  internet.youtube.behaviour = 'ok';
  const next = await runCli(['run', 'people.csv', ...network, '--pace', 'off', '--retry-attempts', '1'], {
    cwd: folder,
  });
  expect({ code: next.code, stderr: next.stderr.match(/^(?:failed|later).*$/gm) }).toEqual({
    code: 0,
    stderr: null,
  });
  expect((await runCli(['status', 'people.csv'], { cwd: folder })).stdout).not.toContain('paused');
});

it('a bot check that ends while the run goes on is probed once a minute at most, and the run goes on by itself', async () => {
  // However many are under way when it begins, there is a second pause, and the longest is one that the run waits for.
  const refusals = CONCURRENCY + 1;
  // What was under way when a pause began: a second and a half by the wall.
  const GRACE_MS = 30_000;
  const folder = await tempFolder();
  const csv = await writeSheet(folder, internet, SIZE);
  internet.youtube.behaviour = { kind: 'bot-check', after: BEFORE, times: refusals };
  const clock = fastClock(20);
  const visits = watchVisits(internet, clock.now);
  const { summary, events } = await workOn(internet, csv, {
    clock,
    concurrency: CONCURRENCY,
    retryAttempts: 1,
    youtubeDir: join(folder, 'youtube_downloads'),
  });
  const times = await visits();
  expect(summary).toMatchObject({ complete: true, youtube: { completed: 26, failed: 0 } });
  const paused = events.flatMap((event) => (event.kind === 'paused' ? [event.pause] : []));
  expect(paused.length).toBeGreaterThanOrEqual(2);
  expect(paused[0]).toMatchObject({ host: 'YouTube', cause: 'bot_check', waits: true });
  expect(visitsInPauses(times, paused, GRACE_MS)).toEqual([]);
  // As the server counts them; a visit is noticed a little late, which the fast clock makes more of.
  expect(shortestBetweenProbes(times, paused, GRACE_MS)).toBeGreaterThan(58_000);
  expect(events.filter(({ kind }) => kind === 'resumed')).toHaveLength(1);
  expect((await readCells(csv)).every((row) => row['download_errors']?.includes('failed') !== true)).toBe(
    true,
  );
});

it("Google's page for bots in the place of files pauses Drive and costs no row an attempt", async () => {
  const ids = [1, 2, 3, 4, 5].map((n) => internet.drive.addFile({ id: `bot-block-${n}` }).id);
  const csv = await csvFile([HEADER, ...ids.map((id, n) => `${n},N,n${n}@x,T,,${file(id)}`)]);
  internet.drive.behaviour = 'bot-block';
  const blocked = await workOn(internet, csv, { maxWait: 0, concurrency: 1 });
  expect(blocked.summary.complete).toBe(false);
  expect((await readCells(csv)).map((row) => row['drive_status'])).not.toContain('failed');
  // Two requests are one question: the first leads to the file's final address.
  expect(blocked.requests.length).toBeLessThanOrEqual(2);
  internet.drive.behaviour = 'ok';
  const { summary } = await workOn(internet, csv, { retryAttempts: 1 });
  expect(summary).toMatchObject({ complete: true, drive: { completed: 5 } });
});
