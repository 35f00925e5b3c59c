import type { Internet } from '../../../src/demo/internet/index.ts';
import { runCli } from '../../support/cli.ts';
import { startTestInternet } from '../../support/internet.ts';
import { readCells } from '../../tracker/fixtures.ts';
import { workOn } from '../fixtures.ts';
import { shortestBetweenProbes, visitsInPauses, visitsOf, watchVisits, writeSheet } from './blocked.ts';
import { fastClock } from './fast-clock.ts';
import { killOnTheWay } from './killed-playlist.ts';

/** 300 entries, 20 of them dead, five runs killed on the way. @throws Error when a video is missing or came twice */
export async function longPlaylist(folder: string) {
  await using internet = await startTestInternet();
  const end = await killOnTheWay({ folder, internet, entries: 300, dead: 20, kills: 5 });
  const { living, fetches, fetchedAgain, code } = end;
  const lacking = living.filter((id) => !fetches.has(id));
  if (code !== 0 || lacking.length > 0 || fetchedAgain.length > 0)
    throw new Error(JSON.stringify({ code, lacking, fetchedAgain }));
  const interrupted = [...fetches.values()].filter((count) => count > 1).length;
  return { living: living.length, askedForTwiceBecauseOfAKill: interrupted };
}

/**
 * A bot check that begins after 50 of 200 videos: first one that outlasts the run, then one that ends during it.
 * @throws Error when a row failed or is lacking, a file of Drive is missing, or YouTube was asked more than once a minute
 */
export async function longBlock(folder: string) {
  await using internet = await startTestInternet();
  const csv = await writeSheet(folder, internet, { singles: 80, lists: 12, inList: 10, driveRows: 20 });
  const outlasted = await outlastedByBlock(folder, csv, internet);
  const visited = visitsOf(internet);

  internet.youtube.behaviour = { kind: 'bot-check', after: 50, times: 4 };
  const clock = fastClock(20);
  const visits = watchVisits(internet, clock.now);
  const { summary, events } = await workOn(internet, csv, { clock, retryAttempts: 1 });
  const paused = events.flatMap((event) => (event.kind === 'paused' ? [event.pause] : []));
  const times = (await visits()).slice(visited);
  const inPauses = visitsInPauses(times, paused, GRACE_MS);
  const between = shortestBetweenProbes(times, paused, GRACE_MS);
  // A visit is noticed up to 5 ms late, which this clock makes 100 of.
  if (!summary.complete || inPauses.length > 0 || between < 59_000)
    throw new Error(JSON.stringify({ inPauses, between, failures: summary.failures.slice(0, 5) }));
  return {
    ...outlasted,
    pauses: paused.length,
    secondsBetweenProbes: Math.round(between / 1000),
    completed: summary.youtube.completed + summary.drive.completed,
  };
}

/** For what was under way when a pause began, by the clock of the run. */
const GRACE_MS = 5000;

async function outlastedByBlock(folder: string, csv: string, internet: Internet) {
  internet.youtube.behaviour = { kind: 'bot-check', after: 50, times: Infinity };
  const network = ['--proxy', internet.proxyUrl, '--ca-cert', internet.caCertFile];
  const { code, stdout } = await runCli(
    ['run', 'people.csv', ...network, '--pace', 'off', '--max-wait', '30s'],
    { cwd: folder },
  );
  const rows = await readCells(csv);
  const youtube = tally(rows.map((row) => row['youtube_status'] ?? ''));
  const drive = tally(rows.map((row) => row['drive_status'] ?? ''));
  const asked = visitsOf(internet);
  const says = stdout.includes('YouTube asks whether we are a bot');
  if (code !== 3 || (youtube['failed'] ?? 0) > 0 || drive['completed'] !== 20 || asked > 53 || !says)
    throw new Error(JSON.stringify({ code, youtube, drive, asked, stdout }));
  return { code, visitsOfTheBlockedRun: asked, completedBeforeTheBlock: youtube['completed'] ?? 0 };
}

function tally(words: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]));
}
