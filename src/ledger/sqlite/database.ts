import Database from 'better-sqlite3';
import { causeOfCode, messageOf, RowtrailError } from '../../errors/index.ts';
import { MIGRATIONS } from './migrations.ts';
import type { LedgerFailure, Migration } from './thread/protocol.ts';

/**
 * Pages of the write-ahead log after which it is copied into the database (16 MiB). Results touch the same pages again and
 * again: with SQLite's own thousand a sixth more is written, and commits wait for a copy four times as often.
 */
const CHECKPOINT_PAGES = 4000;
/** Memory for pages of the database (KiB): a quarter of what better-sqlite3 takes. What is missing in it the system has in its own. */
const CACHE_KIB = 4000;

/**
 * Opens (or makes) the ledger file and brings it to this version's schema.
 * WAL: a commit that was acknowledged survives kill -9. Whether it survives a power cut, too, is chosen for each (Durability).
 * Never waits for another process' lock: SQLITE_BUSY is thrown at once and the caller tries again later.
 * @param onMigration told before a ledger of an earlier format is brought up to date
 * @throws RowtrailError `ledger_newer` when a newer rowtrail wrote it.
 */
export function openDatabase(path: string, onMigration: (migration: Migration) => void): Database.Database {
  const db = new Database(path, { timeout: 0 });
  try {
    refuseNewer(db, path);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    db.pragma(`cache_size = -${CACHE_KIB}`);
    migrate(db, path, onMigration);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function migrate(db: Database.Database, path: string, onMigration: (migration: Migration) => void): void {
  const from = versionOf(db);
  if (from === MIGRATIONS.length) return;
  if (from > 0) onMigration({ from, to: MIGRATIONS.length });
  db.transaction(() => {
    refuseNewer(db, path);
    for (const step of MIGRATIONS.slice(versionOf(db))) db.exec(step);
    db.pragma(`user_version = ${MIGRATIONS.length}`);
  }).immediate();
}

/** Before anything is written: even the journal's kind may be another one there. */
function refuseNewer(db: Database.Database, path: string): void {
  const version = versionOf(db);
  if (version <= MIGRATIONS.length) return;
  throw new RowtrailError(
    'ledger_newer',
    `the ledger has format ${version}, this rowtrail knows formats up to ${MIGRATIONS.length}`,
    { file: path },
  );
}

/**
 * Writes the database anew, because freed pages keep what stood in them, and empties its write-ahead log.
 * @returns false while somebody else reads from the log, which then cannot be emptied
 */
export function scrubDatabase(db: Database.Database): boolean {
  db.exec('VACUUM');
  const [done] = db.pragma('wal_checkpoint(TRUNCATE)') as readonly { readonly busy: number }[];
  return done?.busy === 0;
}

function versionOf(db: Database.Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/** Whether another process holds the lock that an operation needs: try again in a moment. */
export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** An error of the ledger as plain data, with its cause by SQLite's own result code, never by the words of a message. */
export function toLedgerFailure(error: unknown): LedgerFailure {
  const message = messageOf(error);
  const stack = error instanceof Error ? error.stack : undefined;
  if (error instanceof RowtrailError) return { cause: error.code, message, stack };
  if (!(error instanceof Database.SqliteError)) return { cause: 'unknown', message, stack };
  return {
    cause: causeOfCode(error.code) ?? 'unknown',
    message: `the ledger: ${message} (${error.code})`,
    stack,
  };
}
