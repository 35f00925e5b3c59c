import { afterEach, describe, expect, it } from 'vitest';
import type { Ledger, MetricSample } from '../../src/ledger/index.ts';
import { attempt, COMPLETED, failed, item, ROW } from './fixtures.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const START = Date.parse('2026-11-01T00:00:00.000Z');
const DOWNLOAD = { row: ROW, downloadType: 'youtube', link: 'https://youtu.be/aaaaaaaaaaa' } as const;
const NOTHING = {
  attempts: 0,
  completed: 0,
  failed: 0,
  failedByCause: {},
  failedByCategory: {},
  putOffByCause: {},
  averageSeconds: null,
  files: 0,
  bytes: 0,
};

function sample(milliseconds: number, extra: Partial<MetricSample> = {}): MetricSample {
  return {
    at: new Date(START + milliseconds).toISOString(),
    totalRows: 10,
    pending: 5,
    completed: 4,
    failed: 1,
    successRate: 0.8,
    errorRate: 0.2,
    avgDownloadTime: 1.5,
    diskUsageBytes: 2 ** 40,
    activeProcesses: 3,
    downloadedBytes: 123,
    ...extra,
  };
}

/** What every implementation of the ledger keeps for those who watch. `open` gives a fresh, empty one. */
export function historyContract(name: string, open: () => Promise<Ledger>): void {
  describe(`${name} keeps the history's contract`, () => {
    const opened: Ledger[] = [];
    const fresh = async () => {
      const ledger = await open();
      opened.push(ledger);
      return ledger;
    };
    afterEach(async () => {
      for (const ledger of opened.splice(0)) await ledger.close();
    });

    it('knows nothing at first', async () => {
      const ledger = await fresh();
      expect(await ledger.samplesSince('2000-01-01T00:00:00.000Z')).toEqual([]);
      expect(await ledger.attemptsSince(null)).toEqual({ youtube: NOTHING, drive: NOTHING });
      expect(await ledger.recentErrors(10)).toEqual([]);
      expect(await ledger.attemptsOf('007')).toEqual([]);
      expect(await ledger.totals()).toEqual({
        youtube: { files: 0, bytes: 0 },
        drive: { files: 0, bytes: 0 },
      });
    });

    it('gives samples back as they were, from a time on, oldest first', async () => {
      const ledger = await fresh();
      const samples = [sample(60_000, { avgDownloadTime: null }), sample(0), sample(120_000)];
      for (const each of samples) await ledger.recordSample(each);
      expect(await ledger.samplesSince(sample(60_000).at)).toEqual([samples[0], samples[2]]);
      const all = await ledger.samplesSince('');
      expect(await ledger.dropSamples(sample(60_000).at)).toBe(all.length - 2);
      expect(await ledger.samplesSince('')).toEqual([samples[0], samples[2]]);
    });

    it('gives many samples back, each once', async () => {
      const ledger = await fresh();
      const all = Array.from({ length: 2500 }, (_, minute) => sample(minute * 60_000, { pending: minute }));
      await Promise.all(all.map((each) => ledger.recordSample(each)));
      expect(await ledger.samplesSince(sample(0).at)).toEqual(all);
    });

    it('keeps one sample of a time, and none older than 30 days', async () => {
      const ledger = await fresh();
      await ledger.recordSample(sample(0));
      await ledger.recordSample(sample(DAY_MS));
      await ledger.recordSample(sample(DAY_MS, { pending: 1 }));
      await ledger.recordSample(sample(30 * DAY_MS + 1));
      const kept = await ledger.samplesSince(sample(0).at);
      expect(kept.map(({ at, pending }) => [at, pending])).toEqual([
        [sample(DAY_MS).at, 1],
        [sample(30 * DAY_MS + 1).at, 5],
      ]);
    });

    it('adds attempts up by type, outcome, cause and category', async () => {
      const ledger = await fresh();
      await ledger.record(attempt({ outcome: failed('timeout'), items: [] }));
      await ledger.record(attempt({ outcome: failed('timeout'), items: [] }));
      await ledger.record(
        attempt({ outcome: failed('video_removed', { category: 'validation' }), items: [] }),
      );
      await ledger.record(attempt({ outcome: failed('quota', { status: 'pending' }), items: [] }));
      await ledger.record(attempt({ items: [item('aaaaaaaaaaa', 0), item('bbbbbbbbbbb', 1)] }));
      await ledger.record(attempt({ downloadType: 'drive', endedAt: '2026-11-01T10:00:07.000Z' }));
      // Nothing new came: it says nothing of how long a download takes.
      await ledger.record(attempt({ downloadType: 'drive', items: [], endedAt: '2026-11-01T10:00:00.001Z' }));
      expect(await ledger.attemptsSince(null)).toEqual({
        youtube: {
          attempts: 5,
          completed: 1,
          failed: 3,
          failedByCause: { timeout: 2, video_removed: 1 },
          failedByCategory: { network: 2, validation: 1 },
          putOffByCause: { quota: 1 },
          averageSeconds: 5,
          files: 2,
          bytes: 20,
        },
        drive: { ...NOTHING, attempts: 2, completed: 2, averageSeconds: 7, files: 1, bytes: 10 },
      });
    });

    it('adds up the attempts of a time, from its minute on', async () => {
      const ledger = await fresh();
      for (const endedAt of [
        '2026-11-01T09:59:59.999Z',
        '2026-11-01T10:00:00.000Z',
        '2026-11-02T00:00:00.000Z',
      ])
        await ledger.record(attempt({ endedAt }));
      expect((await ledger.attemptsSince('2026-11-01T10:00:30.000Z')).youtube.attempts).toBe(2);
      expect((await ledger.attemptsSince('2026-11-02T00:00:59.000Z')).youtube.attempts).toBe(1);
      expect((await ledger.attemptsSince('2026-11-02T00:01:00.000Z')).youtube.attempts).toBe(0);
    });

    it('adds up attempts of thousands of minutes', async () => {
      const ledger = await fresh();
      const count = 6000;
      await Promise.all(
        Array.from({ length: count }, (_, minute) =>
          ledger.record(attempt({ endedAt: sample(minute * 60_000).at, items: [] })),
        ),
      );
      expect((await ledger.attemptsSince(null)).youtube.attempts).toBe(count);
      expect((await ledger.attemptsSince(sample(60_000 * 10).at)).youtube.attempts).toBe(count - 10);
    });

    it('names the errors of last, newest first', async () => {
      const ledger = await fresh();
      await ledger.record(attempt({ outcome: failed('timeout'), items: [] }));
      await ledger.record(attempt());
      await ledger.record(attempt({ outcome: failed('quota', { status: 'pending' }), items: [] }));
      await ledger.record(
        attempt({ outcome: failed('dns'), items: [], endedAt: '2026-11-01T11:00:00.000Z', runId: 'run-2' }),
      );
      expect(await ledger.recentErrors(1)).toEqual([
        {
          at: '2026-11-01T11:00:00.000Z',
          rowId: '007',
          downloadType: 'youtube',
          link: 'https://youtu.be/aaaaaaaaaaa',
          cause: 'dns',
          category: 'network',
          message: 'it failed: dns',
          attemptNumber: 2,
          runId: 'run-2',
        },
      ]);
      expect((await ledger.recentErrors(10)).map(({ cause }) => cause)).toEqual(['dns', 'timeout']);
    });

    it("tells a row's whole history, by generation", async () => {
      const ledger = await fresh();
      const begun = await ledger.begin(DOWNLOAD, 'run-1');
      await ledger.record(attempt({ lease: begun.lease, outcome: failed('timeout'), items: [] }));
      await ledger.record(attempt());
      await ledger.reset(ROW, 'youtube', DOWNLOAD.link);
      await ledger.record(attempt({ downloadType: 'drive', items: [] }));
      await ledger.record(attempt({ row: { ...ROW, rowId: '008' } }));
      const history = await ledger.attemptsOf('007');
      expect(
        history.map(({ downloadType, generation, present, attempts, items }) => [
          downloadType,
          generation,
          present,
          attempts.length,
          items.length,
        ]),
      ).toEqual([
        ['youtube', 1, false, 2, 1],
        ['youtube', 2, true, 0, 0],
        ['drive', 1, true, 1, 0],
      ]);
      expect(history[0]?.attempts[0]).toEqual({
        number: 1,
        link: DOWNLOAD.link,
        startedAt: '2026-11-01T10:00:00.000Z',
        endedAt: '2026-11-01T10:00:05.000Z',
        status: 'failed',
        cause: 'timeout',
        category: 'network',
        message: 'it failed: timeout',
        lease: begun.lease,
        runId: 'run-1',
        files: 0,
        bytes: 0,
      });
      expect(history[0]?.attempts[1]).toMatchObject({ ...COMPLETED_ATTEMPT, files: 1, bytes: 10 });
      expect(history[0]?.items).toEqual([
        {
          kind: 'video',
          mediaId: 'aaaaaaaaaaa',
          position: 0,
          title: null,
          sourceUrl: 'https://www.youtube.com/watch?v=aaaaaaaaaaa',
          status: 'completed',
          attempts: 1,
          cause: null,
          message: null,
          notBefore: null,
          metadataFile: 'aaaaaaaaaaa_metadata.json',
          files: [
            {
              path: 'aaaaaaaaaaa.mp4',
              folder: '/media/youtube_downloads',
              size: 10,
              sha256: 'ab'.repeat(32),
            },
          ],
        },
      ]);
    });

    it('counts files and bytes of present generations only', async () => {
      const ledger = await fresh();
      const unseen = { path: 'named.mp4', size: 0, sha256: '' };
      await ledger.record(attempt({ items: [item('aaaaaaaaaaa', 0), item('bbbbbbbbbbb', 1)] }));
      await ledger.record(attempt({ items: [item('ccccccccccc', 2, { files: [unseen] })] }));
      await ledger.record(attempt({ downloadType: 'drive' }));
      expect(await ledger.totals()).toEqual({
        youtube: { files: 3, bytes: 20 },
        drive: { files: 1, bytes: 10 },
      });
      await ledger.reset(ROW, 'youtube', DOWNLOAD.link);
      expect(await ledger.totals()).toMatchObject({ youtube: { files: 0, bytes: 0 } });
      await ledger.record(attempt({ items: [item('aaaaaaaaaaa', 0)] }));
      await ledger.record(attempt({ row: { ...ROW, rowId: '008' } }));
      await ledger.adopt([ADOPTED]);
      expect(await ledger.totals()).toMatchObject({ youtube: { files: 4, bytes: 30 } });
      // Somebody else under the same row_id: everything of the row begins anew.
      await ledger.record(
        attempt({
          row: { ...ROW, type: 'other', email: 'other@example.org' },
          outcome: failed('dns'),
          items: [],
        }),
      );
      expect(await ledger.totals()).toEqual({
        youtube: { files: 3, bytes: 20 },
        drive: { files: 0, bytes: 0 },
      });
    });

    it('knows one content of many files, whoever they belong to', async () => {
      const ledger = await fresh();
      for (const rowId of ['007', '008', '009']) await ledger.record(attempt({ row: { ...ROW, rowId } }));
      const found = await ledger.filesWithHash('ab'.repeat(32));
      expect(found.map(({ rowId, size }) => [rowId, size])).toEqual([
        ['007', 10],
        ['008', 10],
        ['009', 10],
      ]);
      expect(await ledger.filesWithHash('cd'.repeat(32))).toEqual([]);
    });
  });
}

const COMPLETED_ATTEMPT = { number: 1, status: COMPLETED.status, cause: null, lease: null };

const ADOPTED = {
  row: { ...ROW, rowId: '009' },
  downloadType: 'youtube',
  link: DOWNLOAD.link,
  generation: 1,
  status: 'completed',
  attempts: 0,
  permanent: false,
  lastAttempt: null,
  errors: [],
  items: [item('aaaaaaaaaaa', 0)],
  mediaIds: ['aaaaaaaaaaa'],
  files: ['aaaaaaaaaaa.mp4', 'only-in-the-cell.mp4'],
  folder: null,
} as const;
