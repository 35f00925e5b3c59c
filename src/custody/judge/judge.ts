import type { Claims } from '../claims.ts';
import type { Finding } from '../findings.ts';
import type { Hashes, World } from '../world.ts';
import { about } from './about.ts';
import { Evidence } from './evidence.ts';
import { judgeHeldFile } from './held-files.ts';
import { judgeOrphans } from './orphans.ts';
import { judgeRowsWithoutProof } from './rows-without-proof.ts';
import { judgeContradictions, judgeItemsWithoutSidecar, judgeSidecar } from './sidecars.ts';

/** Everything that does not fit, in the order of files and rows. Pure. */
export function judge(world: World, claims: Claims, hashes: Hashes): readonly Finding[] {
  const evidence = new Evidence(world, claims, hashes);
  return [
    ...claims.held.flatMap((file) => judgeHeldFile(file, evidence)),
    ...judgeItemsWithoutSidecar(evidence),
    ...judgeRowsWithoutProof(evidence),
    ...world.sidecars.flatMap((placed) => judgeSidecar(placed, evidence)),
    ...judgeContradictions(evidence),
    // After the files that are missing: what one of these was found as is no orphan.
    ...judgeOrphans(evidence),
    ...world.odd.map((path) => about('odd_link', path, 'it is not followed', null)),
    ...world.unreadable.map((path) => about('unreadable_file', path, 'it cannot be looked at', null)),
  ];
}
