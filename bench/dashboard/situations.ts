import { access, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lendTracker } from '../../src/tracker/index.ts';
import { sampleRow, writeSampleCsv } from '../tracker/sample-csv.ts';
import { sampleAttempt } from '../tracker/sample-result.ts';

/** What a dashboard is opened on. */
export const SITUATIONS = {
  new: 'as a person brings it: no columns of ours, no ledger',
  worked: 'after a run: a result for each row, one in twenty a failure, in the ledger and in the CSV',
} as const;
export type Situation = keyof typeof SITUATIONS;

const CSV_NAME = 'people.csv';
/** Results that are recorded at the same time. */
const AT_ONCE = 2000;

/** The folder in which the CSV of a situation stands; it is made where it is missing. */
export async function folderOf(situation: Situation, rows: number, parent: string): Promise<string> {
  const folder = join(parent, `${situation}-${rows}`);
  if (await isWhole(folder)) return folder;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const csv = join(folder, CSV_NAME);
  await writeSampleCsv(csv, rows);
  if (situation === 'worked') await work(csv, rows);
  await mkdir(join(folder, 'whole'));
  return folder;
}

async function isWhole(folder: string): Promise<boolean> {
  try {
    await access(join(folder, 'whole'));
    return true;
  } catch {
    return false;
  }
}

/** Records a result of each row that has a link, and writes them back. */
async function work(csv: string, rows: number): Promise<void> {
  await using lent = await lendTracker(csv);
  const { tracker } = lent;
  await tracker.ensureColumns();
  for (let from = 0; from < rows; from += AT_ONCE) {
    const results: Promise<unknown>[] = [];
    for (let at = from; at < Math.min(from + AT_ONCE, rows); at++) {
      const { context, youtube, drive } = sampleRow(at);
      const isYoutube = youtube.startsWith('https:');
      if (!isYoutube && !drive.startsWith('https:')) continue;
      const type = isYoutube ? 'youtube' : 'drive';
      results.push(tracker.record(sampleAttempt(context, type, isYoutube ? youtube : drive, null)));
    }
    await Promise.all(results);
  }
  await tracker.project();
}
