import { errnoOf, RowtrailError } from '../../../errors/index.ts';

/** What a proxy says with these is of us or of where we want to go, and not that it reached nobody there. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403, 405, 407]);

const UNREACHABLE: ReadonlySet<string> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);

/** What a proxy answered instead of opening the way. */
export function refusedWay(status: number, host: string, error: unknown): RowtrailError {
  const words = status === 407 ? 'it asks for a name and password' : `it answered ${status}`;
  return new RowtrailError(
    REFUSALS.has(status) ? 'proxy_refused' : 'connection_failed',
    `The proxy refused the way to ${host}: ${words}`,
    { error },
  );
}

/**
 * Why a proxy was not reached, by an error met while connecting; null for every other error. Behind a proxy nothing else is
 * connected to.
 */
export function unreachedProxy(error: unknown, proxy: string): RowtrailError | null {
  const code = errnoOf(error) ?? '';
  const isName = /^(?:ENOTFOUND|EAI_)/.test(code);
  if (!isName && !UNREACHABLE.has(code)) return null;
  // The rest of the address may hold a password.
  const where = URL.parse(proxy)?.host ?? 'that is set';
  return isName
    ? new RowtrailError('dns_failed', `The name of the proxy ${where} could not be looked up (${code})`, {
        error,
      })
    : new RowtrailError('proxy_refused', `The proxy ${where} cannot be reached (${code})`, { error });
}
