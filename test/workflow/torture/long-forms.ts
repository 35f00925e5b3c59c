import { startTestInternet } from '../../support/internet.ts';
import { workOn } from '../fixtures.ts';
import { visitsInPauses, watchVisits, writeSheet } from './blocked.ts';
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

/** A bot check that begins after 50 of 200 videos and ends during the run. @throws Error when a pause was not kept, or a row is lacking */
export async function longBlock(folder: string) {
  await using internet = await startTestInternet();
  const csv = await writeSheet(folder, internet, { singles: 80, lists: 12, inList: 10, driveRows: 20 });
  internet.youtube.behaviour = { kind: 'bot-check', after: 50, times: 4 };
  const clock = fastClock(20);
  const visits = watchVisits(internet, clock.now);
  const { summary, events } = await workOn(internet, csv, { clock, retryAttempts: 1 });
  const paused = events.flatMap((event) => (event.kind === 'paused' ? [event.pause] : []));
  const inPauses = visitsInPauses(await visits(), paused, 5000);
  if (!summary.complete || inPauses.length > 0)
    throw new Error(JSON.stringify({ inPauses, failures: summary.failures.slice(0, 5) }));
  return { pauses: paused.length, completed: summary.youtube.completed + summary.drive.completed };
}
