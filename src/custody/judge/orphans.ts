import { basename } from 'node:path';
import type { Finding } from '../findings.ts';
import { about } from './about.ts';
import type { Evidence } from './evidence.ts';

/** Files that nobody claims, but for those that a missing one was found as. */
export function judgeOrphans({ claims, found, hashes }: Evidence): readonly Finding[] {
  const known = new Map<string, string>();
  for (const { sha256, path } of [...claims.listed.toReversed(), ...claims.held.toReversed()])
    known.set(sha256, path);
  return claims.unclaimed
    .filter((path) => !found.has(path))
    .map((path) => {
      const read = hashes.get(path);
      const same = read === undefined || !('sha256' in read) ? undefined : known.get(read.sha256);
      const message =
        same === undefined ? 'no row and no sidecar knows it' : `it has the same bytes as ${basename(same)}`;
      return about('orphaned_file', path, message, null);
    });
}
