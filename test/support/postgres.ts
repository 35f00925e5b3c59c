import { afterAll } from 'vitest';
import { type OwnPostgres, ownPostgres } from './postgres-process.ts';

/** A PostgreSQL of a test file's own; it is removed after the file's tests. */
export type TestPostgres = Omit<OwnPostgres, 'remove'>;

/**
 * Starts a PostgreSQL for this test file, as a user that is not root; it ends with its data after the file's tests, and when their process
 * ends in any other way. Whatever a test keeps there is forgotten afterwards, so nothing is synced.
 * @throws where this machine has none: a machine without it shows no test as passed
 */
export async function startPostgres(settings: readonly string[] = ['fsync=off']): Promise<TestPostgres> {
  const { remove, ...postgres } = await ownPostgres(settings);
  afterAll(remove);
  return postgres;
}
