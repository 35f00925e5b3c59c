import type { Database } from 'better-sqlite3';
import type { OperationName } from './thread/protocol.ts';

/**
 * What may go with the power: reads, and changes that a later command finds again by itself. A download that was begun is
 * pending again anyway. Its lease may be given out twice, but not to two that live: whoever held it went with the power,
 * and a result that was recorded under it was synced with everything before it. What the CSV shows is compared anew.
 */
const NEED_NO_SYNC: ReadonlySet<OperationName> = new Set<OperationName>([
  'begin',
  'recover',
  'setLinks',
  'markProjected',
  'recordSample',
  'csvMark',
  'row',
  'statusesAfter',
  'statusesBeside',
  'lastChange',
  'changesAfter',
  'openCausesAfter',
  'stepsFrom',
  'wasProjected',
  'filesNamed',
  'filesWithHash',
  'filesOfMedium',
  'itemsAfter',
  'placesOf',
  'countRecordsOf',
  'samplesAfter',
  'attemptsAfter',
  'recentErrors',
  'attemptsOf',
  'totals',
]);

/** Whether a transaction with these operations is to be on the disk when it is answered. */
export function needsSync(names: readonly OperationName[]): boolean {
  return names.some((name) => !NEED_NO_SYNC.has(name));
}

/**
 * Chooses for each transaction whether its commit waits for the disk. Every commit survives a kill. In the write-ahead log a
 * synced commit takes all earlier ones to the disk with it, and a loss of power leaves a beginning of the log, never a gap.
 */
export class Durability {
  readonly #db: Database;
  readonly #changes;
  readonly #dataVersion;
  #synced: boolean | null = null;
  /** Whether everything that is read now has to be on the disk when this transaction is answered. */
  #shown = false;
  #lastChanges = 0;
  #unsynced = true;
  /** SQLite's number of the other connections' changes, as it was when all of them were on the disk. */
  #settledVersion: unknown = null;
  #seenVersion: unknown = null;

  constructor(db: Database) {
    this.#db = db;
    this.#changes = db.prepare('SELECT total_changes()').pluck();
    this.#dataVersion = db.prepare('PRAGMA data_version').pluck();
  }

  /** To be called before a transaction begins: SQLite changes its mode between transactions only. */
  prepare(names: readonly OperationName[]): void {
    const sync = needsSync(names);
    if (sync === this.#synced) return;
    this.#db.pragma(`synchronous = ${sync ? 'FULL' : 'NORMAL'}`);
    this.#synced = sync;
  }

  /** Something is told to whoever writes the CSV: it must not be ahead of the ledger after a loss of power. */
  showing(): void {
    this.#shown = true;
  }

  /** To be called before a commit. */
  beforeCommit(): void {
    if (!this.#shown) return;
    this.#seenVersion = this.#dataVersion.get();
    if (!this.#unsynced && this.#seenVersion === this.#settledVersion) return;
    // SQLite syncs the log only with a commit that adds to it.
    this.#db.exec(
      `INSERT INTO meta VALUES ('settled', '1') ON CONFLICT DO UPDATE SET value = CAST(value + 1 AS TEXT)`,
    );
  }

  /** To be called after a commit. */
  afterCommit(): void {
    const changes = Number(this.#changes.get());
    if (changes !== this.#lastChanges) {
      this.#unsynced = this.#synced !== true;
      if (!this.#unsynced && this.#shown) this.#settledVersion = this.#seenVersion;
    }
    this.#lastChanges = changes;
    this.#shown = false;
  }

  /** To be called after a rollback. */
  afterRollback(): void {
    this.#shown = false;
  }
}
