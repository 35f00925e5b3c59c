import { RowtrailError } from '../../errors/index.ts';
import { MIGRATIONS } from './migrations.ts';
import type { Asking, Store } from './store.ts';

/** The oldest PostgreSQL that says what became of a transaction. */
const OLDEST_SERVER = 130_000;
/** Names the lock that whoever changes the schema holds: "rowtrail" as a number. */
const SCHEMA_LOCK = 8_247_626_271;

/**
 * Brings a store to this version's schema, in one transaction; whoever comes at the same time waits.
 * @throws RowtrailError `ledger_newer` when a newer rowtrail made it, `store_unreachable` when it is no PostgreSQL that can be used
 */
export async function prepareSchema(store: Store): Promise<void> {
  await checkServer(store);
  if ((await versionOf(store, store)) === MIGRATIONS.length) return;
  await store.transaction(async (ask) => {
    await ask.rows(`SELECT pg_advisory_xact_lock(${SCHEMA_LOCK})`);
    const version = await versionOf(store, ask);
    if (version === 0) {
      await ask.change('CREATE SCHEMA IF NOT EXISTS rowtrail');
      await ask.change(
        'CREATE TABLE rowtrail.schema_step (number integer PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT now())',
      );
    }
    for (const [at, step] of MIGRATIONS.entries()) {
      if (at < version) continue;
      for (const statement of step.split(/;\s*\n/)) if (statement.trim() !== '') await ask.change(statement);
      await ask.change('INSERT INTO rowtrail.schema_step (number) VALUES ($1)', [at + 1]);
    }
  });
}

/** The number of the last step that was applied; 0 for a store that is empty. @throws RowtrailError `ledger_newer` */
async function versionOf(store: Store, ask: Asking): Promise<number> {
  // Of the tables of tables themselves: what a session knows by name it may know from before it waited for the lock.
  const there = await ask.rows(
    `SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'rowtrail' AND c.relname = 'schema_step'`,
  );
  if (there.length === 0) return 0;
  const [{ version = 0 } = {}] = await ask.rows<{ readonly version: number }>(
    'SELECT coalesce(max(number), 0) AS version FROM rowtrail.schema_step',
  );
  if (version <= MIGRATIONS.length) return version;
  throw new RowtrailError(
    'ledger_newer',
    `the store ${store.address.shown} has format ${version}, this rowtrail knows formats up to ${MIGRATIONS.length}`,
  );
}

async function checkServer(store: Store): Promise<void> {
  const [{ version = 0, encoding = '' } = {}] = await store.rows<{
    readonly version: number;
    readonly encoding: string;
  }>(
    `SELECT current_setting('server_version_num')::integer AS version, current_setting('server_encoding') AS encoding`,
  );
  const refuse = (why: string) =>
    new RowtrailError('store_unreachable', `the store ${store.address.shown} cannot be used: ${why}`);
  if (version < OLDEST_SERVER) throw refuse('PostgreSQL 13 or newer is needed');
  if (encoding !== 'UTF8') throw refuse(`its texts are in ${encoding}, not in UTF8`);
}
