import type { CauseFacts } from './cause-facts.ts';
import { ARRIVAL_CAUSES, GONE_CAUSES, LINK_CAUSES, PERMISSION_CAUSES } from './causes/content.ts';
import { CSV_CAUSES, MACHINE_CAUSES, STORAGE_CAUSES } from './causes/machine.ts';
import { FILE_CAUSES } from './causes/files.ts';
import { NETWORK_CAUSES } from './causes/network.ts';
import { REFUSAL_CAUSES } from './causes/refusals.ts';

/**
 * The one table of causes: from it come retry verdicts, remedies, the words of `failed` and `run`, and exit codes.
 * Wordings by which a source recognises a cause stay with the source that meets them (docs: errors).
 */
export const CAUSES = {
  ...NETWORK_CAUSES,
  ...REFUSAL_CAUSES,
  ...PERMISSION_CAUSES,
  ...GONE_CAUSES,
  ...LINK_CAUSES,
  ...ARRIVAL_CAUSES,
  ...CSV_CAUSES,
  ...MACHINE_CAUSES,
  ...FILE_CAUSES,
  ...STORAGE_CAUSES,
} as const satisfies Record<string, CauseFacts>;

export type Cause = keyof typeof CAUSES;

/** The facts of a cause as it is stored in the ledger; one that this version does not know counts as `unknown`. */
export function causeFacts(cause: string): CauseFacts {
  return isCause(cause) ? CAUSES[cause] : CAUSES.unknown;
}

/** True for a key of the table. */
export function isCause(cause: string): cause is Cause {
  return Object.hasOwn(CAUSES, cause);
}
