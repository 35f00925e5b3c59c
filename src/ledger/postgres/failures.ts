import { errnoOf, messageOf, RowtrailError } from '../../errors/index.ts';

/** What PostgreSQL answers by its own codes (SQLSTATE), and Node by the names of errors; never by the words of a message. */
const LOST_CODES: ReadonlySet<string> = new Set([
  // The server is shut down, has crashed, or is not ready yet.
  '57P01',
  '57P02',
  '57P03',
  // It ended a transaction that was left alone for too long.
  '25P03',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTDOWN',
  'EAI_AGAIN',
  'ENOTFOUND',
  // A Unix socket whose server is away.
  'ENOENT',
]);

/** Two transactions were in each other's way, or somebody else was first: done again, it succeeds. */
const AGAIN_CODES: ReadonlySet<string> = new Set(['40001', '40P01', '23505']);

const WORDS: Readonly<Record<string, string>> = {
  '28P01': 'the password was not accepted',
  '28000': 'this user is not let in',
  '3D000': 'there is no such database',
  '42501': 'this user may not do that there',
  '53300': 'it has no connection left',
  ECONNREFUSED: 'nobody answers there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host was not found just now',
  ETIMEDOUT: 'it does not answer',
};

/** Whether the connection, or the server, went away: what was not committed did not happen, and may be tried again. */
export function isLost(error: unknown): boolean {
  const code = errnoOf(error);
  // A connection that ends without a word has no code; the library says it in its own class of errors, an Error.
  if (code === undefined) return isEndWithoutWord(error);
  return code.startsWith('08') || LOST_CODES.has(code);
}

/** Whether the same transaction succeeds when it is done again. */
export function isInTheWay(error: unknown): boolean {
  return AGAIN_CODES.has(errnoOf(error) ?? '');
}

function isEndWithoutWord(error: unknown): boolean {
  return error instanceof Error && !(error instanceof RowtrailError) && ENDINGS.has(error.message);
}

/** The library's own sentences where it gives no code. */
const ENDINGS: ReadonlySet<string> = new Set([
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
]);

/** Why a store could not be opened. @param shown its address without a password */
export function openFailure(error: unknown, shown: string): RowtrailError {
  if (error instanceof RowtrailError) return error;
  return new RowtrailError('store_unreachable', `the store ${shown} cannot be used: ${reasonOf(error)}`);
}

/** Why a store is not used any longer, after it was. @param seconds that it was tried for */
export function lostFailure(error: unknown, shown: string, seconds: number): RowtrailError {
  return new RowtrailError(
    'store_unreachable',
    `the store ${shown} went away and did not come back for ${seconds} s: ${reasonOf(error)}; what was recorded is kept there`,
  );
}

/** An error of a statement, as the ledger tells it. */
export function statementFailure(error: unknown, shown: string): RowtrailError {
  if (error instanceof RowtrailError) return error;
  const code = errnoOf(error) ?? '';
  const cause = code.startsWith('53100') ? 'disk_full' : code === '42501' ? 'access_denied' : 'unknown';
  return new RowtrailError(cause, `the store ${shown}: ${reasonOf(error)}`, { error });
}

function reasonOf(error: unknown): string {
  const code = errnoOf(error) ?? '';
  // Several addresses of a host were tried, each in vain.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const said = messageOf(first);
  const words = WORDS[code];
  return code === '' ? said : `${words ?? said} (${code})`;
}
