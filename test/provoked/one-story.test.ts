import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import papaparse from 'papaparse';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { type Cause, CAUSES, type DownloadType, REMEDIES, type Remedy } from '../../src/index.ts';
import { desk, HEADER, json, reach } from '../cli/fixtures.ts';
import { startTestInternet } from '../support/internet.ts';
import { readCells } from '../tracker/fixtures.ts';
import { plantFine, plantFineVideo, type Planting, PLANTINGS } from './plantings.ts';

const ROWS = 200;

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(() => internet.close());

/** One download of the CSV and what is to become of it; null: it arrives. */
interface Planted {
  readonly rowId: string;
  readonly type: DownloadType;
  readonly link: string;
  readonly cause: Cause | null;
}

/** Every planting once, those of Drive twice, a few videos, and files that arrive: 200 rows, some with both links. */
function plantAll(): readonly Planted[] {
  const all: readonly Planting[] = Object.values(PLANTINGS);
  const files = all.filter(({ type }) => type === 'drive');
  const videos = all.filter(({ type }) => type === 'youtube');
  const planted: Planted[] = [];
  const add = (row: number, type: DownloadType, link: string, cause: Cause | null) =>
    planted.push({ rowId: `r${row}`, type, link, cause });
  for (let row = 0; row < ROWS; row++) {
    // Spread over the file, so that failures and successes meet in every order.
    const place = (row * 37) % ROWS;
    const bad = files[place % files.length];
    if (place < files.length * 2 && bad !== undefined) add(row, 'drive', bad.plant(internet, row), bad.cause);
    else add(row, 'drive', plantFine(internet, row), null);
    const film = videos[ROWS - 1 - place];
    if (film !== undefined) add(row, 'youtube', film.plant(internet, ROWS + row), film.cause);
    else if (place < 2) add(row, 'youtube', plantFineVideo(internet, ROWS + row), null);
  }
  return planted;
}

/** How often each name occurs. */
function tally(names: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
}

const isFailed = ({ cause }: Planted) => cause !== null && CAUSES[cause].verdict !== 'later';
const isLater = ({ cause }: Planted) => cause !== null && CAUSES[cause].verdict === 'later';
const key = (rowId: unknown, type: unknown, cause: unknown) =>
  `${String(rowId)} ${String(type)} ${String(cause)}`;
const keysOf = (planted: readonly Planted[]) =>
  planted.map(({ rowId, type, cause }) => key(rowId, type, cause)).toSorted();

/** What `--json` printed, as far as it is looked at here. */
interface Named {
  readonly row_id: string;
  readonly download_type: DownloadType;
  readonly cause: Cause;
}
interface Group {
  readonly remedy: Remedy;
  readonly count: number;
  readonly downloads: readonly Named[];
}
interface Report {
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly download_stats: Readonly<Record<string, unknown>>;
  readonly causes: readonly (Named & { readonly attempts: number })[];
  readonly failed_downloads: readonly (Named & { readonly remedy: Remedy })[];
}

const namesOf = (named: readonly Named[]) =>
  named.map(({ row_id, download_type, cause }) => key(row_id, download_type, cause)).toSorted();

it('after a run of 200 rows with every failure, its summary, the CSV and every command tell the same story', async () => {
  const planted = plantAll();
  const failed = planted.filter(isFailed);
  const undone = planted.filter(({ cause }) => cause !== null);
  const remedyOf = ({ cause }: Planted) => (cause === null ? 'none' : CAUSES[cause].remedy);
  expect(new Set(planted.map(({ rowId }) => rowId)).size).toBe(ROWS);
  expect(Object.keys(PLANTINGS).length).toBeGreaterThanOrEqual(30);

  const linkOf = (rowId: string, type: DownloadType) =>
    planted.find((each) => each.rowId === rowId && each.type === type)?.link ?? '';
  const rows = Array.from({ length: ROWS }, (_, n) => `r${n}`).map(
    (rowId) => `${rowId},N,n@x.org,T,${linkOf(rowId, 'youtube')},${linkOf(rowId, 'drive')}`,
  );
  const { folder, csv, rowtrail } = await desk([HEADER, ...rows], reach(internet));
  const answer = async (...args: readonly string[]) => {
    const result = await rowtrail(...args, '--json');
    expect(result).toEqual({ ...result, code: 0 });
    return json(result);
  };

  const run = await rowtrail('run', 'people.csv', '--pace', 'off', '--retry-attempts', '1', '--json');
  expect(run).toEqual({ ...run, code: 3 });
  const countsOf = (type: DownloadType) => {
    const own = planted.filter((each) => each.type === type);
    const [ofFailed, ofLater] = [own.filter(isFailed).length, own.filter(isLater).length];
    return { all: own.length, failed: ofFailed, later: ofLater, completed: own.length - ofFailed - ofLater };
  };
  const summary = json(run) as { readonly failures: readonly Named[] };
  for (const type of ['youtube', 'drive'] as const) {
    const { all, ...ended } = countsOf(type);
    expect(summary).toMatchObject({ [type]: { tried: all, ...ended, left: 0, retries: 0 } });
  }
  expect(namesOf(summary.failures)).toEqual(keysOf(undone));

  const cells = new Map((await readCells(csv)).map((row) => [row['row_id'] ?? '', row]));
  expect(cells.size).toBe(ROWS);
  for (const { rowId, type, cause } of planted) {
    const row = cells.get(rowId) ?? {};
    const verdict = cause === null ? null : CAUSES[cause].verdict;
    const status = verdict === null ? 'completed' : verdict === 'later' ? 'pending' : 'failed';
    expect(`${rowId} ${row[`${type}_status`]}`).toBe(`${rowId} ${status}`);
    const category = cause === null ? null : CAUSES[cause].category;
    // A video whose bytes did not come was looked at all the same, and has no captions.
    const said = (row['download_errors'] ?? '')
      .split('; ')
      .filter((entry) => entry.startsWith(type) && !entry.includes('has no captions'));
    const categories = said.map((entry) => / attempt 1 (\w+): /.exec(entry)?.[1] ?? entry);
    expect(new Set(categories)).toEqual(new Set(category === null ? [] : [category]));
    expect(row[`${type}_files`] !== '').toBe(cause === null);
  }

  const groups = (await answer('failed', 'people.csv', '--by', 'remedy')) as readonly Group[];
  expect(Object.fromEntries(groups.map(({ remedy, count }) => [remedy, count]))).toEqual(
    tally(undone.map(remedyOf)),
  );
  expect(namesOf(groups.flatMap(({ downloads }) => downloads))).toEqual(keysOf(undone));
  for (const { remedy, count, downloads } of groups) {
    expect(downloads).toHaveLength(count);
    expect(new Set(downloads.map(({ cause }) => CAUSES[cause].remedy))).toEqual(new Set([remedy]));
  }

  expect(await answer('failed', 'people.csv', '--export', 'failed.csv')).toMatchObject({
    rows: failed.length,
  });
  const exported = papaparse.parse<Record<string, string>>(
    await readFile(join(folder, 'failed.csv'), 'utf8'),
    {
      header: true,
      skipEmptyLines: true,
    },
  );
  expect(exported.errors).toEqual([]);
  const lines = (each: readonly (readonly [string, string, string, string, string])[]) =>
    each.map((line) => line.join(' | ')).toSorted();
  expect(
    lines(
      exported.data.map(({ row_id = '', link = '', cause = '', remedy = '', to_send = '' }) => [
        row_id,
        link,
        cause,
        remedy,
        to_send,
      ]),
    ),
  ).toEqual(
    lines(
      failed.map(({ rowId, link, cause }) => {
        const { remedy } = CAUSES[cause ?? 'unknown'];
        return [rowId, link, cause ?? '', remedy, REMEDIES[remedy].message ?? ''];
      }),
    ),
  );

  const { youtube, drive } = { youtube: countsOf('youtube'), drive: countsOf('drive') };
  expect(await answer('status', 'people.csv')).toMatchObject({
    total_rows: ROWS,
    youtube: {
      has_content: youtube.all,
      pending: youtube.later,
      completed: youtube.completed,
      failed: youtube.failed,
    },
    drive: { has_content: drive.all, pending: drive.later, completed: drive.completed, failed: drive.failed },
  });

  const report = (await answer('report', 'people.csv', '--details')) as Report;
  expect(report).toMatchObject({
    metrics: {
      total_rows: ROWS,
      pending_downloads: youtube.later + drive.later,
      completed_downloads: youtube.completed + drive.completed,
      failed_downloads: failed.length,
    },
    download_stats: {
      youtube_failed: youtube.failed,
      youtube_pending: youtube.later,
      drive_failed: drive.failed,
      drive_completed: drive.completed,
    },
  });
  expect(namesOf(report.failed_downloads)).toEqual(keysOf(failed));
  expect(tally(report.failed_downloads.map(({ remedy }) => remedy))).toEqual(tally(failed.map(remedyOf)));
  const byCause = (each: readonly Pick<Planted, 'type' | 'cause'>[]) =>
    tally(each.map(({ type, cause }) => `${type} ${cause}`));
  expect(
    Object.fromEntries(
      report.causes.map(({ download_type, cause, attempts }) => [`${download_type} ${cause}`, attempts]),
    ),
  ).toEqual(byCause(failed));
});
