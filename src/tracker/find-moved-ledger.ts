import { access, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type FileIdentity, readIdentity } from '../csv/index.ts';
import { CsvStore, openSqliteLedger } from '../ledger/index.ts';
import { mayBeMarkOf } from './mark.ts';
import type { Place } from './place.ts';
import { readStoreNote } from './store-note.ts';

/**
 * A CSV that was renamed finds its ledger again: among the ledgers beside it whose own CSV is gone, the one that was
 * last brought together with this very file. The ledger's folder then gets the CSV's new name.
 * @param store the address of the store in which ledgers are looked for
 * @returns the old name, or null when there is nothing to take over.
 */
export async function findMovedLedger(place: Place, store?: string): Promise<string | null> {
  if (await exists(place.folder)) return null;
  const identity = await readIdentity(place.csv);
  if (identity === null) return null;
  const beside = dirname(place.folder);
  for (const name of await readdir(beside).catch(() => [])) {
    if (await exists(join(dirname(place.csv), name))) continue;
    const folder = join(beside, name);
    const isIts =
      (await knows(join(folder, 'ledger.db'), identity)) ||
      (store !== undefined && (await storeKnows(join(folder, 'store.json'), store, identity)));
    if (!isIts) continue;
    await rename(folder, place.folder);
    return name;
  }
  return null;
}

async function knows(ledgerPath: string, identity: FileIdentity): Promise<boolean> {
  if (!(await exists(ledgerPath))) return false;
  const ledger = await openSqliteLedger(ledgerPath).catch(() => null);
  if (ledger === null) return false;
  try {
    const mark = await ledger.csvMark();
    return mark !== null && mayBeMarkOf(mark, identity);
  } finally {
    await ledger.close();
  }
}

async function storeKnows(noteFile: string, url: string, identity: FileIdentity): Promise<boolean> {
  const note = await readStoreNote(noteFile).catch(() => null);
  if (note === null) return false;
  const store = await CsvStore.open(url);
  try {
    const csv = await store.find(note.csv);
    const mark = csv === null ? null : await store.ledger(csv).csvMark();
    return mark !== null && mayBeMarkOf(mark, identity);
  } finally {
    await store.close();
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
