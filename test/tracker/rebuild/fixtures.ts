import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AttemptRecord, GenerationRecord, LedgerRow } from '../../../src/ledger/index.ts';
import type { DownloadType, ItemResult } from '../../../src/row/index.ts';
import { lendTracker, withTracker } from '../../../src/tracker/index.ts';
import { openRunLog } from '../../../src/workflow/reporting/run-log.ts';

export const HEADER = 'row_id,name,email,type,youtube_playlist,google_drive';
export const LINKS = {
  youtube: 'https://youtu.be/aaaaaaaaaaa',
  drive: 'https://drive.google.com/file/d/1234567890/view',
};
export const RUN = '2026-11-01T10-00-00-aaaa';

export const lineOf = (rowId: string) =>
  `${rowId},Person ${rowId},p${rowId}@example.org,T${rowId},${LINKS.youtube},${LINKS.drive}`;

export const beside = (csv: string) => join(dirname(csv), '.rowtrail', 'people.csv');
export const logOf = (csv: string, run = RUN) => join(beside(csv), 'runs', `${run}.log`);
export const foldersOf = (csv: string) => ({
  youtube: join(dirname(csv), 'youtube_downloads'),
  drive: join(dirname(csv), 'drive_downloads'),
});

export function itemOf(n: number, failure: ItemResult['failure'] = null): ItemResult {
  const mediaId = `media${String(n).padStart(6, '0')}`;
  return {
    kind: 'video',
    position: n,
    mediaId,
    title: `Title ${n}`,
    sourceUrl: `https://www.youtube.com/watch?v=${mediaId}`,
    files:
      failure === null ? [{ path: `${mediaId}.mp4`, size: 10 + n, sha256: String(n % 10).repeat(64) }] : [],
    metadataFile: failure === null ? `${mediaId}_metadata.json` : null,
    failure,
  };
}

/** An attempt as a run makes it: begun, recorded, logged. */
export async function attempt(
  csv: string,
  of: {
    readonly rowId: string;
    readonly type?: DownloadType;
    readonly at: number;
    readonly items?: readonly ItemResult[];
    readonly outcome?: Partial<AttemptRecord['outcome']>;
    readonly link?: string;
    readonly run?: string;
  },
): Promise<void> {
  const { rowId, type = 'youtube', at, items = [], outcome = {}, run = RUN } = of;
  const log = await openRunLog(join(beside(csv), 'runs'), run);
  try {
    await withTracker(csv, async (tracker) => {
      const row = { rowId, type: `T${rowId}`, name: `Person ${rowId}`, email: `p${rowId}@example.org` };
      const ledger = await tracker.ledger();
      const link = of.link ?? LINKS[type];
      const begun = await ledger.begin({ row, downloadType: type, link }, run);
      const record: AttemptRecord = {
        row,
        downloadType: type,
        link,
        generation: begun.generation,
        lease: begun.lease,
        startedAt: timeOf(at),
        endedAt: timeOf(at + 1),
        items,
        outcome: {
          status: 'completed',
          cause: null,
          category: null,
          message: null,
          permanent: false,
          notBefore: null,
          scope: 'full',
          ...outcome,
        },
        folder: foldersOf(csv)[type],
        runId: run,
      };
      log.recorded(record, await tracker.record(record));
      await tracker.project();
    });
  } finally {
    await log.close();
  }
}

export const timeOf = (second: number) => new Date(Date.UTC(2026, 10, 1, 10, 0, second)).toISOString();

export const FAILED = {
  status: 'failed',
  cause: 'timeout',
  category: 'network',
  message: 'The host did not answer in time',
} as const;

/** What the ledger knows of rows, but for counters that mean nothing to anybody. */
export async function known(csv: string, rowIds: readonly string[]): Promise<readonly unknown[]> {
  return withTracker(csv, async (tracker) => {
    await tracker.sync();
    const ledger = await tracker.existingLedger();
    const found: unknown[] = [];
    for (const rowId of rowIds) {
      const row = (await ledger?.row(rowId)) ?? null;
      found.push(row && plainRow(row), (await ledger?.attemptsOf(rowId))?.map(plainGeneration) ?? []);
    }
    return [...found, await ledger?.totals(), await ledger?.attemptsSince(null)];
  });
}

function plainRow({ rowId, type, name, email, downloads }: LedgerRow) {
  const plain = Object.values(downloads).map(({ lease: _lease, runId: _run, ...rest }) => rest);
  return { rowId, type, name, email, downloads: plain };
}

function plainGeneration({ attempts, ...rest }: GenerationRecord) {
  return { ...rest, attempts: attempts.map(({ lease: _lease, ...each }) => each) };
}

/** The ledger is deleted, and made anew. @returns how many finished downloads it knows then */
export async function rebuilt(csv: string): Promise<number> {
  await loseLedger(csv);
  await using lent = await lendTracker(csv);
  return await lent.tracker.rebuild(foldersOf(csv));
}

export async function loseLedger(csv: string): Promise<void> {
  // The tracker of this process lets go of its ledger when it is asked for again and finds another file.
  for (const end of ['', '-wal', '-shm']) await rm(join(beside(csv), `ledger.db${end}`), { force: true });
}

export async function editLog(csv: string, change: (text: string) => string): Promise<void> {
  await writeFile(logOf(csv), change(await readFile(logOf(csv), 'utf8')));
}
