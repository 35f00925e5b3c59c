import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { ensureTrackingColumns } from '../../src/index.ts';
import { CsvSnapshot } from '../../src/csv/index.ts';
import type { Outcome } from '../../src/ledger/index.ts';
import { DOWNLOAD_TYPES } from '../../src/row/index.ts';
import { CsvTracker } from '../../src/tracker/csv-tracker.ts';
import { indexFacts } from '../csv/support/index-facts.ts';
import { attempt, COMPLETED, failed } from '../ledger/fixtures.ts';
import { csvFile } from './fixtures.ts';

const ROWS = 60;
const LINK = 'https://youtu.be/aaaaaaaaaaa';
const HEADER = 'row_id,name,email,type,youtube_playlist,google_drive';

const row = (id: number) => ({ rowId: `p${id}`, type: 'FF', name: 'N', email: `p${id}@example.org` });
const lines = Array.from({ length: ROWS }, (_, id) => `p${id},N,p${id}@example.org,FF,${LINK},`);

/** A tracker for each of two processes that work on one CSV. */
async function twoTrackers() {
  const csv = await csvFile([HEADER, ...lines]);
  await sleep(300);
  await ensureTrackingColumns(csv);
  const [one, other] = [await CsvTracker.open(csv), await CsvTracker.open(csv)];
  const close = () => Promise.all([one.close(), other.close()]);
  return { csv, one, other, [Symbol.asyncDispose]: async () => void (await close()) };
}

async function report(tracker: CsvTracker, id: number, outcome: Outcome = COMPLETED): Promise<void> {
  await tracker.prepareRow(row(id).rowId);
  const items = outcome.status === 'completed' ? {} : { items: [] };
  await tracker.record(attempt({ row: row(id), link: LINK, outcome, ...items }));
  await tracker.project();
}

it('what another process wrote is not read again, and known as if it had been', async () => {
  await using both = await twoTrackers();
  const { csv, one, other } = both;
  await report(one, 0);
  await report(other, 1);
  const opened = vi.spyOn(CsvSnapshot, 'open');
  for (let id = 2; id < 20; id++) await report(id % 3 === 0 ? one : other, id);
  const followed = await Promise.all([one, other].map((tracker) => tracker.snapshot()));
  const known = opened.mock.calls.map(([, options]) => options?.previous);
  opened.mockRestore();
  expect(known).not.toContain(undefined);

  await using scanned = await CsvSnapshot.open(csv);
  for (const snapshot of followed) {
    expect(snapshot.index.identity).toEqual(scanned.index.identity);
    expect(indexFacts(snapshot.index)).toEqual(indexFacts(scanned.index));
    await snapshot.close();
  }
});

it('a save by somebody else in between is read, whatever the others wrote before and after it', async () => {
  await using both = await twoTrackers();
  const { csv, one, other } = both;
  await report(one, 0);
  await report(other, 1);
  await report(one, 2);
  await writeFile(csv, (await readFile(csv, 'utf8')).replace('p5@example.org', 'new@example.org'));
  await report(one, 3);
  await report(one, 4);
  await using snapshot = await other.snapshot();
  await using scanned = await CsvSnapshot.open(csv);
  expect(indexFacts(snapshot.index)).toEqual(indexFacts(scanned.index));
  expect((await snapshot.readRow(5)).context.email).toBe('new@example.org');
});

it('statuses are the same whether the CSV shows them or the ledger has to be asked', async () => {
  await using both = await twoTrackers();
  const { csv, one, other } = both;
  const outcomes: readonly Outcome[] = [
    COMPLETED,
    failed('timeout'),
    failed('video_removed', { permanent: true }),
    { ...COMPLETED, scope: 'transcript' },
    failed('quota', { status: 'pending', notBefore: '2030-01-01T00:00:00.000Z' }),
  ];
  for (let id = 0; id < 20; id++) await report(one, id, outcomes[id % outcomes.length]);
  const ledger = await one.ledger();
  await ledger.begin({ row: row(30), downloadType: 'youtube', link: LINK }, 'run');
  await one.project();
  // Recorded, and not in the CSV yet.
  await one.record(attempt({ row: row(31), link: LINK }));
  await one.record(attempt({ row: row(1), link: LINK }));
  await one.record(attempt({ row: row(0), link: LINK, items: [], outcome: failed('timeout') }));
  await ledger.begin({ row: row(32), downloadType: 'youtube', link: LINK }, 'run');

  const compare = async () => {
    await using snapshot = await other.snapshot();
    const overlay = await other.overlay(snapshot, 'run');
    for (let at = 0; at < ROWS; at++) {
      for (const type of DOWNLOAD_TYPES) {
        const state = (await ledger.row(row(at).rowId))?.downloads[type];
        const { status, attempts, permanent, scope, notBefore } = overlay.at(at, type);
        const seen = { status, attempts, permanent, scope, notBefore };
        const untried = { attempts: 0, permanent: false, scope: 'full', notBefore: null };
        expect([at, type, seen]).toEqual([
          at,
          type,
          state === undefined
            ? { ...untried, status: snapshot.index.status(at, type) }
            : {
                status: state.status,
                attempts: state.attempts,
                permanent: state.permanent,
                scope: state.scope,
                notBefore: state.notBefore,
              },
        ]);
      }
    }
    const begun = Array.from({ length: ROWS }, (_, at) => at).filter((at) => overlay.wasBegun(at, 'youtube'));
    expect(begun).toEqual([30, 32]);
  };
  await compare();
  // The same rows in a file that the ledger does not know: everything is asked of the ledger.
  await writeFile(csv, await readFile(csv));
  await sleep(300);
  await compare();
});
