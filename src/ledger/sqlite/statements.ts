import type { Database, Statement } from 'better-sqlite3';

/** A connection with its prepared statements, each prepared once, and the counter of changes. */
export class Statements {
  readonly #db: Database;
  readonly #prepared = new Map<string, Statement>();
  /** As far as this transaction has counted; null when it has not begun to. */
  #seq: number | null = null;

  constructor(db: Database) {
    this.#db = db;
  }

  sql(text: string): Statement {
    let statement = this.#prepared.get(text);
    if (statement === undefined) {
      statement = this.#db.prepare(text);
      this.#prepared.set(text, statement);
    }
    return statement;
  }

  pragma(text: string): unknown {
    return this.#db.pragma(text);
  }

  meta(key: string): string | null {
    return (this.sql('SELECT value FROM meta WHERE key = ?').pluck().get(key) as string | undefined) ?? null;
  }

  setMeta(key: string, value: string): void {
    this.sql('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value').run(
      key,
      value,
    );
  }

  /** The number of the next change; counted in memory within a transaction and written down at its end. */
  nextSeq(): number {
    this.#seq = (this.#seq ?? Number(this.meta('seq') ?? 0)) + 1;
    return this.#seq;
  }

  /** To be called before a commit. */
  writeSeq(): void {
    if (this.#seq !== null) this.setMeta('seq', String(this.#seq));
    this.#seq = null;
  }

  /** To be called after a rollback: other processes may count on. */
  forgetSeq(): void {
    this.#seq = null;
  }
}
