import { afterEach, describe, expect, it } from 'vitest';
import {
  type CausePage,
  type Ledger,
  STATUS_OF_RUN,
  STATUS_PERMANENT,
  STATUS_TRANSCRIPT,
  type OpenStatusPage,
  type StatusCursor,
  type StatusPage,
} from '../../src/ledger/index.ts';
import { DOWNLOAD_STATUSES, DOWNLOAD_TYPES, type DownloadKey } from '../../src/row/index.ts';
import { attempt, cells, COMPLETED, failed, item, ROW } from './fixtures.ts';

const DOWNLOAD = { row: ROW, downloadType: 'youtube', link: 'https://youtu.be/aaaaaaaaaaa' } as const;

/** What every implementation of the ledger keeps. `open` gives a fresh, empty one. */
export function ledgerContract(name: string, open: () => Promise<Ledger>): void {
  describe(`${name} keeps the ledger's contract`, () => {
    const opened: Ledger[] = [];
    const fresh = async () => {
      const ledger = await open();
      opened.push(ledger);
      return ledger;
    };
    afterEach(async () => {
      for (const ledger of opened.splice(0)) await ledger.close();
    });

    it('knows nothing of a row that nothing happened to', async () => {
      const ledger = await fresh();
      expect(await ledger.row('007')).toBeNull();
      expect(await ledger.unprojected(0, 10)).toEqual([]);
      expect(await ledger.csvMark()).toBeNull();
    });

    it('shows a recorded result with its files and ids in order', async () => {
      const ledger = await fresh();
      const items = [item('bbbbbbbbbbb', 1), item('aaaaaaaaaaa', 0)];
      const state = await ledger.record(attempt({ items }));
      expect(state).toMatchObject({ status: 'completed', attempts: 0, generation: 1 });
      expect(state.files).toEqual(['aaaaaaaaaaa.mp4', 'bbbbbbbbbbb.mp4']);
      expect(state.mediaIds).toEqual(['aaaaaaaaaaa', 'bbbbbbbbbbb']);
      expect((await ledger.row('007'))?.downloads.youtube).toEqual(state);
    });

    it('names a media id once for a video and its transcript', async () => {
      const ledger = await fresh();
      const transcript = item('aaaaaaaaaaa', 1, {
        kind: 'transcript',
        files: [{ path: 'aaaaaaaaaaa.en.vtt', size: 5, sha256: 'cd'.repeat(32) }],
      });
      const state = await ledger.record(attempt({ items: [item('aaaaaaaaaaa', 0), transcript] }));
      expect(state.mediaIds).toEqual(['aaaaaaaaaaa']);
      expect(state.files).toEqual(['aaaaaaaaaaa.mp4', 'aaaaaaaaaaa.en.vtt']);
      const begun = await ledger.begin(DOWNLOAD, 'run-2');
      expect(begun.done).toEqual([
        { kind: 'video', mediaId: 'aaaaaaaaaaa' },
        { kind: 'transcript', mediaId: 'aaaaaaaaaaa' },
      ]);
    });

    it('gives a file that another item brings to that one alone', async () => {
      const ledger = await fresh();
      const files = ['a.mp4', 'b.mp4'].map((path) => ({ path, size: 10, sha256: 'ab'.repeat(32) }));
      await ledger.record(attempt({ items: [item('aaaaaaaaaaa', 0, { files })] }));
      const moved = item('bbbbbbbbbbb', 1, { files: files.slice(1) });
      expect(await ledger.record(attempt({ items: [moved] }))).toMatchObject({
        files: ['a.mp4', 'b.mp4'],
        mediaIds: ['aaaaaaaaaaa', 'bbbbbbbbbbb'],
      });
      expect(await ledger.filesNamed('b.mp4')).toMatchObject([{ itemKey: 'video:bbbbbbbbbbb' }]);
    });

    it('counts attempts of failures only, and keeps the last ten failures as safe lines', async () => {
      const ledger = await fresh();
      for (let n = 1; n <= 12; n++) {
        await ledger.record(
          attempt({
            items: [],
            outcome: failed('timeout', { message: `=cmd() <b>no ${n}</b>; twice\nover` }),
          }),
        );
      }
      const later = await ledger.record(
        attempt({ items: [], outcome: failed('too_many_requests', { status: 'pending' }) }),
      );
      expect(later).toMatchObject({ status: 'pending', attempts: 12 });
      expect(later.errors).toHaveLength(10);
      expect(later.errors.at(-2)?.text).toBe('youtube attempt 12 network: cmd() no 12 , twice over');
      const done = await ledger.record(attempt());
      expect(done).toMatchObject({ status: 'completed', attempts: 12 });
    });

    it('begins a new generation on reset, and takes no result of the old one for it', async () => {
      const ledger = await fresh();
      await ledger.record(attempt({ outcome: failed('timeout'), items: [item('aaaaaaaaaaa', 0)] }));
      await ledger.reset(ROW, 'youtube', 'https://youtu.be/aaaaaaaaaaa');
      const late = await ledger.record(attempt({ generation: 1 }));
      expect(late).toMatchObject({ generation: 2, status: 'pending', attempts: 0, files: [], errors: [] });
      expect((await ledger.begin(DOWNLOAD, 'run-2')).done).toEqual([]);
      expect(await ledger.filesNamed('aaaaaaaaaaa.mp4')).toHaveLength(1);
    });

    it('begins a new generation when work on another link begins', async () => {
      const ledger = await fresh();
      await ledger.record(attempt());
      const same = { row: ROW, downloadType: 'youtube', link: 'https://youtu.be/aaaaaaaaaaa' } as const;
      expect(await ledger.begin(same, 'run-2')).toMatchObject({ generation: 1, status: 'downloading' });
      const other = await ledger.begin({ ...same, link: 'https://youtu.be/bbbbbbbbbbb' }, 'run-2');
      expect(other).toMatchObject({ generation: 2, link: 'https://youtu.be/bbbbbbbbbbb', files: [] });
    });

    it('begins anew when the row_id belongs to somebody else, and keeps the history', async () => {
      const ledger = await fresh();
      await ledger.record(attempt());
      await ledger.record(attempt({ downloadType: 'drive', items: [] }));
      const row = { ...ROW, type: 'other', email: 'other@example.org' };
      const state = await ledger.record(attempt({ row, items: [item('ccccccccccc', 0)] }));
      expect(state).toMatchObject({ generation: 2, status: 'completed', files: ['ccccccccccc.mp4'] });
      expect((await ledger.row('007'))?.downloads.drive).toMatchObject({ generation: 2, status: 'pending' });
      expect(await ledger.filesNamed('aaaaaaaaaaa.mp4')).toHaveLength(1);
    });

    it('makes pending again what a dead run left downloading', async () => {
      const ledger = await fresh();
      await ledger.begin({ row: ROW, downloadType: 'youtube', link: 'x' }, 'run-1');
      await ledger.markProjected([{ rowId: '007', seq: 1e6, cells: cells(), blocked: null }], 'mark');
      expect(await ledger.recover()).toBe(1);
      expect((await ledger.row('007'))?.downloads.youtube?.status).toBe('pending');
      expect(await ledger.recover()).toBe(0);
    });

    it('makes due again what other credentials may open, once for each that are new', async () => {
      const ledger = await fresh();
      const give = (rowId: string, cause: 'not_shared' | 'not_found') =>
        ledger.record(
          attempt({
            row: { ...ROW, rowId },
            downloadType: 'drive',
            items: [],
            outcome: failed(cause, { permanent: true }),
          }),
        );
      await give('1', 'not_shared');
      await give('2', 'not_found');
      const drive = async (rowId: string) => (await ledger.row(rowId))?.downloads.drive;
      expect(await ledger.dueWith('drive', 'first', ['not_shared'])).toEqual(['1']);
      expect(await drive('1')).toMatchObject({ permanent: true });
      expect(await ledger.letIn('drive', 'first', ['not_shared'])).toBe(1);
      expect(await ledger.dueWith('drive', 'first', ['not_shared'])).toEqual([]);
      expect(await drive('1')).toMatchObject({ status: 'failed', permanent: false, attempts: 0 });
      expect(await drive('2')).toMatchObject({ status: 'failed', permanent: true, attempts: 1 });
      await give('1', 'not_shared');
      expect(await ledger.letIn('drive', 'first', ['not_shared'])).toBe(0);
      expect(await drive('1')).toMatchObject({ permanent: true });
      expect(await ledger.letIn('drive', 'second', ['not_shared'])).toBe(1);
    });

    it('takes no result from somebody whose lease was given away meanwhile', async () => {
      const ledger = await fresh();
      const download = { row: ROW, downloadType: 'youtube', link: 'https://youtu.be/aaaaaaaaaaa' } as const;
      const paused = await ledger.begin(download, 'run-1');
      await ledger.recover();
      const present = await ledger.begin(download, 'run-2');
      expect(present.lease).toBeGreaterThan(paused.lease);
      const done = await ledger.record(attempt({ lease: present.lease, items: [item('bbbbbbbbbbb', 0)] }));
      const late = await ledger.record(
        attempt({ lease: paused.lease, outcome: failed('timeout'), items: [] }),
      );
      expect(done).toMatchObject({ status: 'completed', files: ['bbbbbbbbbbb.mp4'] });
      expect(late).toEqual(done);
    });

    it('lists as unprojected what changed since the CSV showed it, and no more', async () => {
      const ledger = await fresh();
      await ledger.record(attempt());
      const [row] = await ledger.unprojected(0, 10);
      expect(row).toMatchObject({ rowId: '007', projected: null, blocked: null });
      await ledger.markProjected([{ rowId: '007', seq: row?.seq ?? 0, cells: cells(), blocked: null }], 'm1');
      expect(await ledger.unprojected(0, 10)).toEqual([]);
      expect(await ledger.csvMark()).toBe('m1');
      await ledger.record(attempt({ downloadType: 'drive', items: [] }));
      expect(await ledger.unprojected(0, 10)).toHaveLength(1);
      // A write-back that showed the older state only must not hide the newer one.
      await ledger.markProjected([{ rowId: '007', seq: row?.seq ?? 0, cells: cells(), blocked: null }], 'm2');
      expect(await ledger.unprojected(0, -1)).toHaveLength(1);
    });

    it('knows every projection of a row again, and no other cells', async () => {
      const ledger = await fresh();
      await ledger.record(attempt());
      const first = cells({ youtube_status: 'pending' });
      const second = cells({ youtube_status: 'completed', youtube_files: 'a.mp4' });
      for (const shown of [first, second]) {
        await ledger.markProjected([{ rowId: '007', seq: 1, cells: shown, blocked: null }], null);
      }
      expect(await ledger.wasProjected('007', first)).toBe(true);
      expect(await ledger.wasProjected('007', second)).toBe(true);
      expect(await ledger.wasProjected('007', { ...second, youtube_status: 'pending' })).toBe(false);
      expect(await ledger.wasProjected('008', first)).toBe(false);
      expect((await ledger.row('007'))?.projected).toEqual(second);
    });

    it('pages through rows in the order of row_id', async () => {
      const ledger = await fresh();
      const ids = ['b', 'a', 'NA', '007', 'ä'];
      await Promise.all(ids.map((rowId) => ledger.record(attempt({ row: { ...ROW, rowId } }))));
      const seen: string[] = [];
      let after: string | null = null;
      for (;;) {
        const page = await ledger.rowsAfter(after, 2);
        seen.push(...page.map(({ rowId }) => rowId));
        if (page.length < 2) break;
        after = page.at(-1)?.rowId ?? null;
      }
      expect(seen.toSorted()).toEqual(ids.toSorted());
      expect(new Set(seen).size).toBe(ids.length);
    });

    it('pages through statuses, without the rows that cannot be written', async () => {
      const ledger = await fresh();
      for (const rowId of ['a', 'b', 'c']) {
        for (const downloadType of ['youtube', 'drive'] as const) {
          await ledger.record(attempt({ row: { ...ROW, rowId }, downloadType, items: [] }));
        }
      }
      await ledger.markProjected([{ rowId: 'b', seq: 1, cells: null, blocked: 'other_person' }], null);
      const seen: string[] = [];
      for (let after: DownloadKey | null = null; ;) {
        const page: StatusPage = await ledger.statusesAfter(after, 3, null);
        for (const [at, rowId] of page.rowIds.entries()) {
          const type = DOWNLOAD_TYPES[page.downloadTypes[at] ?? -1];
          seen.push(`${rowId} ${type} ${DOWNLOAD_STATUSES[page.statuses[at] ?? -1]}`);
        }
        after = page.next;
        if (after === null) break;
      }
      expect(seen).toEqual([
        'a drive completed',
        'a youtube completed',
        'c drive completed',
        'c youtube completed',
      ]);
    });

    it('tells a CSV of the statuses that it does not show, as long as it is the file of the last mark', async () => {
      const ledger = await fresh();
      const row = (rowId: string) => ({ ...ROW, rowId });
      const shown = async (rowId: string, blocked: string | null = null) => {
        const seq = (await ledger.row(rowId))?.seq ?? 0;
        await ledger.markProjected([{ rowId, seq, cells: cells(), blocked }], 'mark');
      };
      await ledger.record(attempt({ row: row('done') }));
      await ledger.record(attempt({ row: row('somebody') }));
      await ledger.record(attempt({ row: row('failed'), outcome: failed('timeout') }));
      await ledger.record(attempt({ row: row('text'), outcome: { ...COMPLETED, scope: 'transcript' } }));
      await ledger.begin({ ...DOWNLOAD, row: row('begun') }, 'run-2');
      for (const rowId of ['done', 'failed', 'text', 'begun']) await shown(rowId);
      await shown('somebody', 'other_person');
      await ledger.record(attempt({ row: row('new 1') }));
      await ledger.record(attempt({ row: row('new 2'), outcome: failed('timeout') }));
      await ledger.record(attempt({ row: row('failed') }));

      const seen = new Map<string, string | undefined>();
      for (let cursor: StatusCursor | null = null; ;) {
        const page: OpenStatusPage | null = await ledger.statusesBeside('mark', cursor, 1, 'run-2');
        if (page === null) throw new Error('the mark is the last one');
        for (const [at, rowId] of page.rowIds.entries())
          seen.set(rowId, DOWNLOAD_STATUSES[page.statuses[at] ?? -1]);
        cursor = page.next;
        if (cursor === null) break;
      }
      expect(Object.fromEntries(seen)).toEqual({
        text: 'completed',
        begun: 'downloading',
        failed: 'completed',
        'new 1': 'completed',
        'new 2': 'failed',
      });
      expect(await ledger.statusesBeside('another', null, 10, null)).toBeNull();
    });

    it('tells who follows along what changed since, each row once and as it is now', async () => {
      const ledger = await fresh();
      const row = (rowId: string) => ({ ...ROW, rowId });
      expect(await ledger.lastChange()).toBe(0);
      expect(await ledger.changesAfter(0, 10)).toMatchObject({ rowIds: [], upTo: 0, more: false });
      await ledger.record(attempt({ row: row('a') }));
      await ledger.record(attempt({ row: row('b'), items: [], outcome: failed('timeout') }));
      const before = await ledger.lastChange();
      await ledger.begin({ ...DOWNLOAD, row: row('a'), link: 'https://youtu.be/aaaaaaaaaaa' }, 'run-2');
      await ledger.record(attempt({ row: row('a'), items: [], outcome: failed('private_video') }));
      await ledger.reset(row('c'), 'drive', null);
      await ledger.record(attempt({ row: row('d') }));
      await ledger.markProjected(
        [{ rowId: 'd', seq: await ledger.lastChange(), cells: null, blocked: 'other_person' }],
        null,
      );

      const told: unknown[] = [];
      let from = before;
      for (let more = true; more;) {
        const page = await ledger.changesAfter(from, 1);
        for (const [at, rowId] of page.rowIds.entries())
          told.push([
            rowId,
            DOWNLOAD_TYPES[page.downloadTypes[at] ?? -1],
            DOWNLOAD_STATUSES[page.statuses[at] ?? -1],
            page.causes[at],
            page.lastAttempts[at],
            page.files[at],
          ]);
        from = page.upTo;
        ({ more } = page);
      }
      expect(told).toEqual([
        ['a', 'youtube', 'failed', 'private_video', '2026-11-01T10:00:05.000Z', ['aaaaaaaaaaa.mp4']],
        ['c', 'drive', 'pending', null, null, []],
      ]);
      expect(from).toBe(await ledger.lastChange());
      expect(await ledger.changesAfter(from, 10)).toMatchObject({ rowIds: [], upTo: from });
    });

    it('tells why downloads are pending or failed, a page at a time', async () => {
      const ledger = await fresh();
      const row = (rowId: string) => ({ ...ROW, rowId });
      await ledger.record(attempt({ row: row('done') }));
      await ledger.record(attempt({ row: row('late'), outcome: failed('quota', { status: 'pending' }) }));
      await ledger.record(attempt({ row: row('slow'), outcome: failed('timeout') }));
      await ledger.record(
        attempt({ row: row('slow'), downloadType: 'drive', outcome: failed('not_shared') }),
      );
      await ledger.reset(row('new'), 'drive', null);
      const told: unknown[] = [];
      for (let key: DownloadKey | null = null; ;) {
        const page: CausePage = await ledger.openCausesAfter(key, 2);
        for (const [at, rowId] of page.rowIds.entries())
          told.push([rowId, DOWNLOAD_TYPES[page.downloadTypes[at] ?? -1], page.causes[at]]);
        key = page.next;
        if (key === null) break;
      }
      expect(told).toEqual([
        ['late', 'youtube', 'quota'],
        ['slow', 'drive', 'not_shared'],
        ['slow', 'youtube', 'timeout'],
      ]);
    });

    it('keeps the last rewrites of the CSV, for those who know an earlier file', async () => {
      const ledger = await fresh();
      const step = (n: number) => ({ before: `m${n}`, after: `m${n + 1}`, change: `change ${n}` });
      for (let n = 0; n < 70; n++) await ledger.markProjected([], `m${n + 1}`, step(n));
      expect(await ledger.stepsFrom('m66')).toEqual([step(66), step(67), step(68), step(69)]);
      expect(await ledger.stepsFrom('m70')).toEqual([]);
      expect(await ledger.stepsFrom('m5')).toEqual([]);
      await ledger.markProjected([], 'elsewhere');
      await ledger.markProjected([], 'further', { before: 'elsewhere', after: 'further', change: 'x' });
      expect((await ledger.stepsFrom('m69')).map(({ after }) => after)).toEqual(['m70']);
    });

    it('tells of each status what decides whether it is tried again', async () => {
      const ledger = await fresh();
      const later = '2026-12-01T00:00:00.000Z';
      await ledger.record(
        attempt({ items: [], outcome: failed('video_removed', { permanent: true }), runId: 'run-1' }),
      );
      await ledger.begin({ ...DOWNLOAD, row: { ...ROW, rowId: '008' } }, 'run-2');
      await ledger.record(
        attempt({
          row: { ...ROW, rowId: '009' },
          outcome: failed('quota', { status: 'pending', notBefore: later, scope: 'transcript' }),
        }),
      );
      const page = await ledger.statusesAfter(null, 10, 'run-2');
      expect(page.rowIds).toEqual(['007', '008', '009']);
      expect(Array.from(page.statuses, (code) => DOWNLOAD_STATUSES[code])).toEqual([
        'failed',
        'downloading',
        'pending',
      ]);
      expect([...page.attempts]).toEqual([1, 0, 0]);
      expect([...page.flags]).toEqual([STATUS_PERMANENT, STATUS_OF_RUN, STATUS_TRANSCRIPT]);
      expect(page.notBefore).toEqual(new Map([[2, later]]));
      expect(page.next).toBeNull();
    });

    it('finds files by name and by hash', async () => {
      const ledger = await fresh();
      await ledger.record(
        attempt({
          items: [
            item('aaaaaaaaaaa', 0, { files: [{ path: 'sub/x.mp4', size: 3, sha256: 'ef'.repeat(32) }] }),
          ],
        }),
      );
      expect(await ledger.filesNamed('x.mp4')).toEqual([
        {
          ...ROW,
          downloadType: 'youtube',
          itemKey: 'video:aaaaaaaaaaa',
          path: 'sub/x.mp4',
          folder: '/media/youtube_downloads',
          size: 3,
          sha256: 'ef'.repeat(32),
        },
      ]);
      expect(await ledger.filesWithHash('ef'.repeat(32))).toHaveLength(1);
      expect(await ledger.filesNamed('X.mp4')).toEqual([]);
    });

    it('loses none of many results that are recorded at the same time', async () => {
      const ledger = await fresh();
      const ids = Array.from({ length: 2000 }, (_, n) => String(n));
      await Promise.all(ids.map((rowId) => ledger.record(attempt({ row: { ...ROW, rowId } }))));
      expect(await ledger.unprojected(0, -1)).toHaveLength(2000);
    });

    it('takes hostile text as text', async () => {
      const ledger = await fresh();
      const rowId = `'; DROP TABLE download; --`;
      await ledger.record(attempt({ row: { ...ROW, rowId, name: '\u0000\u{1F600}"' } }));
      expect(await ledger.row(rowId)).toMatchObject({ rowId, name: '\u0000\u{1F600}"' });
    });
  });
}
