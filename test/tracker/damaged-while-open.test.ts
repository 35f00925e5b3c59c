import { access, open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { getDownloadStatusSummary, updateCsvDownloadStatus } from '../../src/index.ts';
import { openSqliteLedger } from '../../src/ledger/index.ts';
import { CsvTracker } from '../../src/tracker/csv-tracker.ts';
import { attempt } from '../ledger/fixtures.ts';
import { contextOf, csvFile, rowOf, success } from './fixtures.ts';

/** Writes garbage over the page at which a table begins, as a failing disk might. */
async function damage(ledger: string, table: string): Promise<void> {
  const db = new Database(ledger, { readonly: true });
  const page = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table) as number;
  const size = db.pragma('page_size', { simple: true }) as number;
  db.close();
  const handle = await open(ledger, 'r+');
  await handle.write(Buffer.alloc(size, 0xa5), 0, size, (page - 1) * size);
  await handle.close();
}

it('notes damage that is met in the middle of the work; the next command sets the ledger aside and loses nothing of the CSV', async () => {
  const csv = await csvFile();
  const folder = join(dirname(csv), '.rowtrail', 'people.csv');
  const ledger = join(folder, 'ledger.db');
  {
    const tracker = await CsvTracker.open(csv);
    const { rowId, type, name, email } = contextOf(await rowOf(csv, '007'));
    await tracker.record(attempt({ row: { rowId, type, name, email } }));
    await tracker.project();
    await tracker.close();
  }
  const working = await openSqliteLedger(ledger);
  await damage(ledger, 'download');
  await expect(working.row('007')).rejects.toMatchObject({ code: 'ledger_corrupt' });
  await access(`${ledger}.suspect`);
  await working.close();
  // The mark makes the next opening look through all of it: what it needs at first is not damaged.
  await expect(openSqliteLedger(ledger)).rejects.toMatchObject({ code: 'ledger_corrupt' });

  const messages: string[] = [];
  const options = { onNote: ({ message }: { message: string }) => void messages.push(message) };
  expect(await getDownloadStatusSummary(csv, options)).toMatchObject({
    youtube: { completed: 1, pending: 1 },
  });
  expect(messages.join()).toContain('the ledger was damaged: it was set aside as ledger.db.damaged-');
  const names = await readdir(folder);
  expect(names.filter((each) => each.startsWith('ledger.db.damaged-')).length).toBeGreaterThan(0);
  expect(names).not.toContain('ledger.db.suspect');
  await updateCsvDownloadStatus(0, 'drive', success(contextOf(await rowOf(csv, '007')), ['d.pdf']), csv);
  expect(await rowOf(csv, '007')).toMatchObject({
    youtube_status: 'completed',
    youtube_files: 'aaaaaaaaaaa.mp4',
    drive_status: 'completed',
  });
});

it('trusts a ledger again that was suspected and is whole', async () => {
  const csv = await csvFile();
  const ledger = join(dirname(csv), 'ledger.db');
  const first = await openSqliteLedger(ledger);
  await first.record(attempt());
  await first.close();
  await (await open(`${ledger}.suspect`, 'w')).close();
  const second = await openSqliteLedger(ledger);
  expect((await second.row('007'))?.downloads.youtube?.status).toBe('completed');
  await second.close();
  await expect(access(`${ledger}.suspect`)).rejects.toMatchObject({ code: 'ENOENT' });
});
