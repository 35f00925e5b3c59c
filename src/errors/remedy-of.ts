import { causeFacts } from './causes.ts';
import { REMEDIES, type Remedy, type RemedyFacts } from './remedies.ts';

/** What mends a cause. */
export interface CauseRemedy extends RemedyFacts {
  readonly remedy: Remedy;
  /** When waiting ends (ISO 8601), for the remedy `wait` where the host said so. */
  readonly until: string | null;
}

/**
 * What mends a failure, by its cause as it stands in the ledger. Pure.
 * @param notBefore of the failure, ISO 8601
 */
export function remedyOf(cause: string, notBefore: string | null = null): CauseRemedy {
  const { remedy } = causeFacts(cause);
  return { remedy, ...REMEDIES[remedy], until: remedy === 'wait' ? notBefore : null };
}
