import { errnoOf, RowtrailError } from '../errors/index.ts';

type PgBossClass = typeof import('pg-boss').PgBoss;

export interface PgBossLibrary {
  readonly PgBoss: PgBossClass;
  /** The number of the tables' format that it knows; what a newer one made it would take for its own. */
  readonly format: number;
}

/** The library that keeps the queue; only who shares work among machines needs it. @throws RowtrailError `usage` with the command that installs it */
export async function loadPgBoss(): Promise<PgBossLibrary> {
  try {
    const [{ PgBoss }, { default: about }] = await Promise.all([
      import('pg-boss'),
      import('pg-boss/package.json', { with: { type: 'json' } }),
    ]);
    return { PgBoss, format: about.pgboss.schema };
  } catch (error) {
    if (errnoOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new RowtrailError(
      'usage',
      'the queue of a store needs a library that is not installed: npm install pg-boss@12.35.0',
      { error },
    );
  }
}
