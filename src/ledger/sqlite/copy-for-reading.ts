import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf, fileError, RowtrailError } from '../../errors/index.ts';

/** What was committed may stand in the log only; the third file beside them is made anew. */
const ENDINGS = ['', '-wal'] as const;
/** How often a ledger is copied that somebody else writes meanwhile, and the rest between (milliseconds). */
const TRIES = 20;
const REST_MS = 50;

/**
 * Copies a ledger into a temporary folder, because SQLite reads none whose folder it cannot write to. What is copied is one
 * state of it: a ledger that was written meanwhile is copied again.
 * @returns the folder, for the caller to remove
 * @throws RowtrailError locked when somebody writes without a pause; file_missing, access_denied, disk_full
 */
export async function copyForReading(
  path: string,
): Promise<{ readonly folder: string; readonly copy: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'rowtrail-ledger-'));
  const copy = join(folder, basename(path));
  try {
    for (let tries = 0; tries < TRIES; tries++) {
      const before = stateOf(path);
      for (const ending of ENDINGS) await copyIfThere(path + ending, copy + ending);
      if (stateOf(path) === before) return { folder, copy };
      await sleep(REST_MS);
    }
    throw new RowtrailError('locked', 'the ledger is being written without a pause', { file: path });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw fileError(error, 'the ledger cannot be read', { file: path });
  }
}

/** Changes with each change of the ledger. */
export function stateOf(path: string): string {
  return ENDINGS.map((ending) => {
    const stats = statSync(path + ending, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? '' : [stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(':');
  }).join(' ');
}

async function copyIfThere(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || !from.endsWith('-wal')) throw error;
    await rm(to, { force: true });
  }
}
