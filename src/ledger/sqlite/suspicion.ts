import { existsSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';

/**
 * A damage that is met in the middle of the work is noted beside the ledger, so that whoever opens it next looks through
 * all of it; a look at each opening would take seconds for a large one.
 */
export function suspect(ledgerPath: string): void {
  try {
    writeFileSync(markOf(ledgerPath), '');
  } catch {
    // The damage itself is told to whoever met it; without the mark it is met again.
  }
}

export function isSuspect(ledgerPath: string): boolean {
  return existsSync(markOf(ledgerPath));
}

export async function clearSuspicion(ledgerPath: string): Promise<void> {
  await rm(markOf(ledgerPath), { force: true });
}

function markOf(ledgerPath: string): string {
  return `${ledgerPath}.suspect`;
}
