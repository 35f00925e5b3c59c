import { type Cause, causeFacts, ErrorCategory } from '../errors/index.ts';

/** So many different rows in a row are no accident of one of them. */
const ENOUGH = 3;
const UNREACHED: ReadonlySet<string> = new Set<Cause>(['connection_failed', 'dns_failed']);

/** How a download ended, as far as it says whether its host can be reached. */
export interface Contact {
  readonly rowId: string;
  /** Null when it is completed. */
  readonly cause: string | null;
  /** Whether any item of it came. */
  readonly hasArrivals: boolean;
}

/** Whether a download did not reach its host at all. Pure. */
export function isUnreached({ cause, hasArrivals }: Omit<Contact, 'rowId'>): boolean {
  return cause !== null && UNREACHED.has(cause) && !hasArrivals;
}

/**
 * The rows that did not reach a host since it last answered one. Pure.
 * @param before those until now
 */
export function unreachedRows(before: readonly string[], contact: Contact): readonly string[] {
  if (isUnreached(contact)) {
    return before.includes(contact.rowId) ? before : [...before, contact.rowId];
  }
  return isAnswered(contact) ? [] : before;
}

/** Whether a download tells that its host could be reached, well or not. Pure. */
export function isAnswered(contact: Omit<Contact, 'rowId'>): boolean {
  if (isUnreached(contact)) return false;
  return contact.cause === null || contact.hasArrivals || !saysNothing(contact.cause);
}

/** Whether these rows mean that the host is out of reach as a whole, whichever row asks. Pure. */
export function isOutage(rows: readonly string[]): boolean {
  return rows.length >= ENOUGH;
}

/** Causes that are met without a word from the host. */
function saysNothing(cause: string): boolean {
  const { category, remedy } = causeFacts(cause);
  const isOfMachine = category === ErrorCategory.FILE_IO || category === ErrorCategory.SYSTEM;
  return isOfMachine || remedy === 'link_malformed' || cause === 'timeout';
}
