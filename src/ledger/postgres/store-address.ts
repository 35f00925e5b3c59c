import { RowtrailError } from '../../errors/index.ts';

const PROTOCOLS: ReadonlySet<string> = new Set(['postgres:', 'postgresql:']);

/** Where a store is: its address for the library, and how it is called where others may read it. */
export interface StoreAddress {
  readonly url: string;
  /** Without a password and without options. */
  readonly shown: string;
}

/**
 * Reads the address of a store.
 * @throws RowtrailError `usage` when it is none; the sentence does not repeat what may hold a password
 */
export function storeAddress(given: string): StoreAddress {
  let url: URL;
  try {
    url = new URL(given);
  } catch {
    throw notAStore();
  }
  if (!PROTOCOLS.has(url.protocol)) throw notAStore();
  const user = url.username === '' ? '' : `${url.username}@`;
  // A folder of Unix sockets stands among the options.
  const host = url.host || url.searchParams.get('host') || 'localhost';
  return { url: given, shown: `postgres://${user}${host}${url.pathname === '/' ? '' : url.pathname}` };
}

function notAStore(): RowtrailError {
  return new RowtrailError(
    'usage',
    'a store is the address of a PostgreSQL database, such as postgres://user@host:5432/rowtrail',
  );
}
