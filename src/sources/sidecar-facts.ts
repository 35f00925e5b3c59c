import type { ItemFacts, Keeping } from '../files/index.ts';

/** What a run knows of an attempt, for the sidecars of what it brings. */
export function sidecarFacts(keeping: Keeping | undefined): Pick<ItemFacts, 'csv' | 'attempt' | 'startedAt'> {
  if (keeping === undefined) return {};
  const { csv, attempt, startedAt } = keeping;
  return { csv, attempt, startedAt };
}
