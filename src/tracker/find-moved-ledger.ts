import { access, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type FileIdentity, readIdentity } from '../csv/index.ts';
import { openSqliteLedger } from '../ledger/index.ts';
import { mayBeMarkOf } from './mark.ts';
import type { Place } from './place.ts';

/**
 * A CSV that was renamed finds its ledger again: among the ledgers beside it whose own CSV is gone, the one that was
 * last brought together with this very file. The ledger's folder then gets the CSV's new name.
 * @returns the old name, or null when there is nothing to take over.
 */
export async function findMovedLedger(place: Place): Promise<string | null> {
  if (await exists(place.folder)) return null;
  const identity = await readIdentity(place.csv);
  if (identity === null) return null;
  const beside = dirname(place.folder);
  for (const name of await readdir(beside).catch(() => [])) {
    if (await exists(join(dirname(place.csv), name))) continue;
    if (!(await knows(join(beside, name, 'ledger.db'), identity))) continue;
    await rename(join(beside, name), place.folder);
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

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
