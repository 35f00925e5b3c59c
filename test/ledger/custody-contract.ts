import { afterEach, describe, expect, it } from 'vitest';
import type { HeldItem, Ledger } from '../../src/ledger/index.ts';
import { attempt, item, ROW } from './fixtures.ts';

const VIDEO = { kind: 'video', mediaId: 'aaaaaaaaaaa' } as const;
const OTHER = { ...ROW, rowId: '008', name: 'Bob', email: 'bob@example.org' };
const LINK = 'https://youtu.be/aaaaaaaaaaa';

/** What every implementation of the ledger keeps for those who look after the files. `open` gives a fresh, empty one. */
export function custodyContract(name: string, open: () => Promise<Ledger>): void {
  describe(`${name} keeps the contract of custody`, () => {
    const opened: Ledger[] = [];
    const fresh = async () => {
      const ledger = await open();
      opened.push(ledger);
      return ledger;
    };
    afterEach(async () => {
      for (const ledger of opened.splice(0)) await ledger.close();
    });
    const twoVideos = [item('aaaaaaaaaaa', 0), item('bbbbbbbbbbb', 1)];
    const itemsOf = async (ledger: Ledger): Promise<readonly HeldItem[]> => ledger.itemsAfter(0, 100);
    const loss = (items: readonly HeldItem[]) => ({
      rowId: '007',
      downloadType: 'youtube' as const,
      generation: 1,
      items: items.map(({ id }) => ({ itemId: id })),
      message: 'gone',
    });

    it('names every row that has a medium, of one kind', async () => {
      const ledger = await fresh();
      await ledger.record(attempt());
      const transcript = {
        kind: 'transcript',
        files: [{ path: 'a.en.vtt', size: 1, sha256: 'cd'.repeat(32) }],
      } as const;
      await ledger.record(
        attempt({ row: OTHER, items: [item('aaaaaaaaaaa', 0), item('aaaaaaaaaaa', 1, transcript)] }),
      );
      const found = await ledger.filesOfMedium(VIDEO);
      expect(found.map(({ rowId, path }) => [rowId, path])).toEqual([
        ['007', 'aaaaaaaaaaa.mp4'],
        ['008', 'aaaaaaaaaaa.mp4'],
      ]);
      expect(await ledger.filesOfMedium({ kind: 'file', mediaId: 'aaaaaaaaaaa' })).toEqual([]);
    });

    it('gives all items page by page, and says which of them count now', async () => {
      const ledger = await fresh();
      await ledger.record(attempt({ items: twoVideos }));
      await ledger.reset(ROW, 'youtube', LINK);
      await ledger.record(attempt({ items: [item('aaaaaaaaaaa', 0)] }));
      const seen: HeldItem[] = [];
      for (let id = 0; ;) {
        const page = await ledger.itemsAfter(id, 2);
        seen.push(...page);
        const last = page.at(-1);
        if (last === undefined) break;
        id = last.id;
      }
      expect(
        seen.map(({ mediaId, generation, present, files }) => [mediaId, generation, present, files.length]),
      ).toEqual([
        ['aaaaaaaaaaa', 1, false, 1],
        ['bbbbbbbbbbb', 1, false, 1],
        ['aaaaaaaaaaa', 2, true, 1],
      ]);
    });

    it('makes a download whose file is lost pending again, for that file alone, and takes it back', async () => {
      const ledger = await fresh();
      const before = await ledger.record(attempt({ items: twoVideos }));
      const [first] = await itemsOf(ledger);
      const lost = loss(first === undefined ? [] : [first]);
      expect(await ledger.loseItems(lost)).toBe(true);
      expect(await ledger.loseItems(lost)).toBe(false);
      const row = await ledger.row('007');
      expect(row?.downloads.youtube).toMatchObject({
        status: 'pending',
        cause: 'file_lost',
        files: ['bbbbbbbbbbb.mp4'],
      });
      expect((await ledger.unprojected(0, 10)).map(({ rowId }) => rowId)).toEqual(['007']);
      expect(await ledger.regainItems(lost)).toBe(true);
      expect((await ledger.row('007'))?.downloads.youtube).toEqual(before);
      await ledger.loseItems(lost);
      const begun = await ledger.begin({ row: ROW, downloadType: 'youtube', link: LINK }, 'run-2');
      expect(begun.done).toEqual([{ kind: 'video', mediaId: 'bbbbbbbbbbb' }]);
      expect(await ledger.regainItems(lost), 'somebody works on it').toBe(false);
    });

    it('loses nothing of another generation', async () => {
      const ledger = await fresh();
      await ledger.record(attempt());
      const items = await itemsOf(ledger);
      await ledger.reset(ROW, 'youtube', LINK);
      expect(await ledger.loseItems(loss(items))).toBe(false);
    });

    it('forgets a row whole, and nothing of others', async () => {
      const ledger = await fresh();
      await ledger.record(attempt());
      await ledger.record(attempt({ row: OTHER, items: [item('bbbbbbbbbbb', 0)] }));
      expect(await ledger.placesOf(['ada@example.org'])).toEqual(['csv_row.email']);
      expect(await ledger.placesOf(['007', 'aaaaaaaaaaa'])).toEqual(
        expect.arrayContaining([
          'csv_row.row_id',
          'download.link',
          'attempt.row_id',
          'item.media_id',
          'file.name',
        ]),
      );
      expect(await ledger.forgetRow('007')).toBeGreaterThan(3);
      expect(await ledger.placesOf(['007', 'ada@example.org', 'aaaaaaaaaaa.mp4'])).toEqual([]);
      expect(await ledger.row('007')).toBeNull();
      expect((await ledger.row('008'))?.downloads.youtube?.status).toBe('completed');
      expect((await ledger.totals()).youtube).toEqual({ files: 1, bytes: 10 });
    });
  });
}
