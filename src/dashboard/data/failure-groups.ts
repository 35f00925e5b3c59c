import { type CauseCounts, fillCommand, remedyOf } from '../../index.ts';
import type { FailureGroup } from '../contract.ts';
import { plain } from './plain.ts';

const MOST = 50;
/** Rows that are typed into a command; where there are more, the person chooses. */
const TYPED_ROWS = 5;

/** Failures by what mends them, the largest group first. Pure. */
export function failureGroups(
  causes: CauseCounts['causes'],
  names: ReadonlyMap<string, string>,
  csvPath: string,
): readonly FailureGroup[] {
  const groups = Map.groupBy(causes, ({ cause }) => remedyOf(cause).remedy);
  return [...groups]
    .map(([remedy, own]): FailureGroup => {
      const { title, message, commands } = remedyOf(own[0]?.cause ?? 'unknown');
      const downloads = own.flatMap(({ first }) => first);
      const rowIds = [...new Set(downloads.map(({ rowId }) => rowId))];
      const typed = rowIds.length <= TYPED_ROWS ? rowIds : [];
      return {
        ...{ remedy, title, message },
        commands: commands.map((command) => fillCommand(command, csvPath, typed)),
        count: own.reduce((sum, { count }) => sum + count, 0),
        downloads: downloads
          .slice(0, MOST)
          .map((download) => ({ ...download, name: plain(names.get(download.rowId) ?? '') })),
        causes: own.map(({ cause }) => cause),
      };
    })
    .toSorted((one, other) => other.count - one.count || one.remedy.localeCompare(other.remedy, 'en'));
}
