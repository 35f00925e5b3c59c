import { type Cause, causeFacts, ErrorCategory } from '../errors/index.ts';
import { HOST } from './host-policy.ts';

/** Why an item did not come, as far as it concerns its host. */
export interface TurnFailure {
  /** A key of errors/causes.ts. */
  readonly cause: string;
  readonly message: string;
  /** ISO 8601: when the host wants to be asked again. */
  readonly notBefore?: string | undefined;
}

/** What the end of some work says of its host; `left` is nothing. */
export type Word = 'answered' | 'refused' | 'unreachable' | 'left';

const UNREACHED: ReadonlySet<string> = new Set<Cause>([
  'connection_failed',
  'dns_failed',
  'proxy_refused',
  'tls_failed',
]);

/** What no item has of its own. */
const SHARED: ReadonlySet<string> = new Set<Cause>(['proxy_refused', 'tls_failed']);

/** Whether a failure was met on the way to the host. Pure. */
export function isUnreached(cause: string): boolean {
  return UNREACHED.has(cause);
}

/** Hosts that there are: a look-up that does not find them is a fault of ours. Of a link's own host it may be the link's. */
const EXISTING: ReadonlySet<string> = new Set([HOST.youtube, HOST.drive, HOST.driveApi]);

/** Whether a failure on the way to the host is that of every item: one is enough to know it of all. Pure. */
export function isOutageAtOnce(cause: string | undefined, host: string): boolean {
  return cause !== undefined && (SHARED.has(cause) || (cause === 'dns_failed' && EXISTING.has(host)));
}

/** What a host's answer, or its absence, says of the host. Pure. */
export function wordOf(failure: TurnFailure | null): Word {
  if (failure === null) return 'answered';
  if (isUnreached(failure.cause)) return 'unreachable';
  const { scope, category, remedy } = causeFacts(failure.cause);
  if (scope === 'host') return 'refused';
  const isOfMachine = category === ErrorCategory.FILE_IO || category === ErrorCategory.SYSTEM;
  return isOfMachine || remedy === 'link_malformed' || failure.cause === 'timeout' ? 'left' : 'answered';
}
