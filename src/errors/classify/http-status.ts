import type { Cause } from '../causes.ts';
import { googleReason } from './google-reasons.ts';

const STATUSES: ReadonlyMap<number, Cause> = new Map([
  [401, 'not_shared'],
  [403, 'not_shared'],
  [404, 'not_found'],
  [407, 'proxy_refused'],
  [408, 'timeout'],
  [410, 'not_found'],
  [429, 'too_many_requests'],
]);

/** A cause by an HTTP status and the reason of Google's that came with it; null for a status that is no failure. */
export function causeOfStatus(status: number, reason: string | null = null): Cause | null {
  if (!Number.isInteger(status) || status < 400 || status > 599) return null;
  const byReason = reason === null ? null : googleReason(reason);
  return byReason?.cause ?? STATUSES.get(status) ?? (status >= 500 ? 'server_error' : 'unexpected_page');
}
