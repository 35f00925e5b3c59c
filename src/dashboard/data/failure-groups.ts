import { type CauseCounts, remedyOf } from '../../index.ts';
import type { FailureGroup } from '../contract.ts';
import { plain } from './plain.ts';

const MOST = 50;

/** Failures by what mends them, the largest group first. Pure. */
export function failureGroups(
  causes: CauseCounts['causes'],
  names: ReadonlyMap<string, string>,
): readonly FailureGroup[] {
  const groups = Map.groupBy(causes, ({ cause }) => remedyOf(cause).remedy);
  return [...groups]
    .map(([remedy, own]): FailureGroup => {
      const { title, message, commands } = remedyOf(own[0]?.cause ?? 'unknown');
      return {
        ...{ remedy, title, message, commands },
        count: own.reduce((sum, { count }) => sum + count, 0),
        downloads: own
          .flatMap(({ first }) => first)
          .slice(0, MOST)
          .map((download) => ({ ...download, name: plain(names.get(download.rowId) ?? '') })),
        causes: own.map(({ cause }) => cause),
      };
    })
    .toSorted((one, other) => other.count - one.count || one.remedy.localeCompare(other.remedy, 'en'));
}
