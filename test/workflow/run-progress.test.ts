import { describe, expect, it } from 'vitest';
import type { Plan, TypePlan } from '../../src/index.ts';
import { RunProgress } from '../../src/workflow/reporting/run-progress.ts';
import { startTestInternet } from '../support/internet.ts';
import { csvFile, HEADER } from '../tracker/fixtures.ts';
import { file, video, workOn } from './fixtures.ts';

const typePlan = (toFetch: number, malformed = 0): TypePlan => ({
  ...{ noLink: 0, malformed, folder: 0, alreadyHere: 0, givenUp: 0, waiting: 0, unusable: 0, skipped: 0 },
  toFetch,
});
const plan = (youtube: TypePlan, drive: TypePlan): Plan => ({
  ...{ totalRows: 9, youtube, drive, waitingUntil: null, unusable: [] },
});
const transfer = (rowId: string, received: number, speed: number | null) => ({
  ...{ rowId, downloadType: 'drive' as const, label: 'x', receivedBytes: received },
  ...{ totalBytes: 100, bytesPerSecond: speed, etaSeconds: null },
});

describe('how far a run is', () => {
  it('follows from the downloads that ended: the slowest source says when all is done', () => {
    let now = 1_000_000;
    const progress = new RunProgress(() => now);
    progress.begin(plan(typePlan(4), typePlan(9, 1)));
    expect(progress.totals).toMatchObject({ done: 0, total: 14, etaSeconds: null, bytesPerSecond: null });
    now += 2000;
    expect(progress.ended('drive')).toMatchObject({
      etaSeconds: null,
      sources: { drive: { done: 1, total: 10, etaSeconds: 18 }, youtube: { done: 0, etaSeconds: null } },
    });
    now += 8000;
    expect(progress.ended('youtube')).toMatchObject({
      etaSeconds: 90,
      sources: { drive: { etaSeconds: 90 }, youtube: { done: 1, total: 4, etaSeconds: 30 } },
    });
    for (let n = 0; n < 9; n++) progress.ended('drive');
    expect(progress.totals).toMatchObject({
      done: 11,
      etaSeconds: 30,
      sources: { drive: { etaSeconds: 0 } },
    });
  });

  it('is judged by the latest downloads, and a standstill counts', () => {
    let now = 0;
    const progress = new RunProgress(() => now);
    progress.begin(plan(typePlan(0), typePlan(1000)));
    for (let n = 0; n < 100; n++) {
      now += 60_000;
      progress.ended('drive');
    }
    for (let n = 0; n < 50; n++) {
      now += 1000;
      progress.ended('drive');
    }
    expect(progress.totals.etaSeconds).toBe(850);
    now += 50_000;
    expect(progress.totals.etaSeconds).toBe(1700);
  });

  it('does not count the time of a pause', () => {
    let now = 0;
    const progress = new RunProgress(() => now);
    progress.begin(plan(typePlan(0), typePlan(100)));
    for (let n = 0; n < 10; n++) {
      now += 1000;
      progress.ended('drive');
    }
    for (let pauses = 0; pauses < 2; pauses++) {
      progress.pause();
      now += 3_600_000;
      expect(progress.totals.etaSeconds).toBe(90);
      progress.resume();
      progress.resume();
      expect(progress.totals.etaSeconds).toBe(90);
    }
    now += 10_000;
    expect(progress.totals.etaSeconds).toBe(180);
  });

  it('is not nearly over while a large file is on its way', () => {
    let now = 0;
    const progress = new RunProgress(() => now);
    progress.begin(plan(typePlan(0), typePlan(50)));
    const large = { ...transfer('50', 10, 5), etaSeconds: 600 };
    progress.moved(large);
    expect(progress.totals.etaSeconds).toBeNull();
    for (let n = 0; n < 49; n++) {
      now += 1000;
      progress.ended('drive');
    }
    expect(progress.totals.etaSeconds).toBe(600);
    progress.moved({ ...large, receivedBytes: 90, etaSeconds: 2 });
    expect(progress.totals.etaSeconds).toBe(2);
    progress.stopped('drive', '50');
    expect(progress.totals.etaSeconds).toBe(1);
  });

  it('is known from the first file on where all that is left is on its way', () => {
    const progress = new RunProgress(() => 0);
    progress.begin(plan(typePlan(0), typePlan(2)));
    progress.moved({ ...transfer('1', 10, 5), etaSeconds: 60 });
    expect(progress.totals.etaSeconds).toBeNull();
    progress.moved({ ...transfer('2', 10, 5), etaSeconds: 40 });
    expect(progress.totals.etaSeconds).toBe(60);
  });

  it('adds up the speeds of what is under way, and of nothing else', () => {
    const progress = new RunProgress(() => 0);
    progress.begin(plan(typePlan(0), typePlan(3)));
    progress.moved(transfer('1', 10, 500));
    expect(progress.moved(transfer('2', 10, 300)).bytesPerSecond).toBe(800);
    expect(progress.moved(transfer('2', 100, 300)).bytesPerSecond).toBe(500);
    progress.stopped('drive', '1');
    expect(progress.totals.bytesPerSecond).toBeNull();
  });

  it('is part of the events of a run, and ends with everything done', async () => {
    await using internet = await startTestInternet();
    for (const n of [1, 2]) internet.drive.addFile({ id: `far-drive-${n}`, name: `${n}.txt`, body: 'words' });
    const { id } = internet.youtube.addVideo({ itags: [18], captions: [{ lang: 'en' }] });
    const csv = await csvFile([
      HEADER,
      `1,A,a@x,T,${video(id)},${file('far-drive-1')},`,
      `2,B,b@x,T,,${file('far-drive-2')},`,
      `3,C,c@x,T,,nonsense,`,
    ]);
    const { events } = await workOn(internet, csv);
    const totals = events.flatMap((event) => ('totals' in event ? [event.totals] : []));
    expect(events.some(({ kind }) => kind === 'progress')).toBe(true);
    const done = totals.map((total) => total.done);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(totals.every(({ total }) => total === 4)).toBe(true);
    expect(totals.at(-1)).toMatchObject({
      ...{ done: 4, total: 4, etaSeconds: 0 },
      sources: { youtube: { done: 1, total: 1 }, drive: { done: 3, total: 3 } },
    });
  });
});
