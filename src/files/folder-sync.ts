import { closeSync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';

const sync = promisify(fsync);

/** Syncs of one folder: the one that runs, and the one that those who came meanwhile wait for. */
interface Turns {
  running: Promise<void>;
  next: Promise<void> | null;
}

const turnsOf = new Map<string, Turns>();

/**
 * Puts a folder's entries (names made, renamed, removed) on the disk. Calls that come while a sync runs share the next
 * one, because the running one may have begun before their names were made.
 * @throws the system error
 */
export function syncFolder(path: string): Promise<void> {
  const turns = turnsOf.get(path);
  if (turns === undefined) {
    const begun: Turns = { running: syncNow(path), next: null };
    turnsOf.set(path, begun);
    void afterwards(path, begun);
    return begun.running;
  }
  turns.next ??= turns.running.catch(() => {}).then(() => syncNow(path));
  return turns.next;
}

async function afterwards(path: string, turns: Turns): Promise<void> {
  for (;;) {
    await turns.running.catch(() => {});
    if (turns.next === null) break;
    turns.running = turns.next;
    turns.next = null;
  }
  turnsOf.delete(path);
}

async function syncNow(path: string): Promise<void> {
  // Windows cannot open a folder; its entries are journaled.
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    await sync(folder);
  } finally {
    closeSync(folder);
  }
}
