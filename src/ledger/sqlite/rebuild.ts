import { rm } from 'node:fs/promises';
import type { Ledger } from '../ledger.ts';
import { absorbLedger, openSqliteLedger } from './client.ts';

/**
 * Fills an empty ledger: first a new one beside it, which is then taken over in one step. A kill in the middle leaves the ledger empty, and
 * what was made beside it is thrown away the next time. The caller holds the lock that keeps others from doing the same.
 * @param path of a ledger that exists, and may be open
 * @param fill puts everything into the new one
 * @returns false where somebody has written into the ledger meanwhile: then it stays as it is
 */
export async function rebuildSqliteLedger(
  path: string,
  fill: (fresh: Ledger) => Promise<void>,
): Promise<boolean> {
  const beside = `${path}.anew`;
  await removeLedger(beside);
  try {
    const fresh = await openSqliteLedger(beside);
    try {
      await fill(fresh);
    } finally {
      await fresh.close();
    }
    return await absorbLedger(path, beside);
  } finally {
    await removeLedger(beside);
  }
}

async function removeLedger(path: string): Promise<void> {
  for (const ending of ['', '-wal', '-shm']) await rm(path + ending, { force: true });
}
