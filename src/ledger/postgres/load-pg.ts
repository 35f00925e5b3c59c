import { errnoOf, RowtrailError } from '../../errors/index.ts';

export type PgLibrary = typeof import('pg').default;

/** The library that speaks to PostgreSQL; only who uses a store needs it. @throws RowtrailError `usage` with the command that installs it */
export async function loadPg(): Promise<PgLibrary> {
  try {
    return (await import('pg')).default;
  } catch (error) {
    if (errnoOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new RowtrailError('usage', 'a store needs a library that is not installed: npm install pg@8', {
      error,
    });
  }
}
