import type { RemedyGroup } from '../remedy-groups.ts';
import { safe, type Terminal } from '../terminal.ts';
import { counted, shellWord, timeText } from './words.ts';
import { brief, wrapCommand, wrapText } from './wrap.ts';

/** Rows named in a group; the others are counted. */
const SHOWN_ROWS = 20;
/** Rows that are typed into a command; more of them are for the person to choose. */
const TYPED_ROWS = 5;
const MAX_ROW_ID = 100;
const INDENT = '  ';

/** Failed downloads by what mends them: what to do, what to send, what to type. */
export function renderRemedies(
  groups: readonly RemedyGroup[],
  csvPath: string,
  { out, width }: Terminal,
): string {
  if (groups.length === 0) return 'Nothing has failed.';
  const line = (text: string) => wrapText(`${INDENT}${text}`, { width: width.out, indent: INDENT.repeat(2) });
  const csv = safe(shellWord(csvPath));
  return groups
    .map(({ title, count, message, commands, until, downloads }) =>
      [
        wrapText(`${out.bold(title)} (${counted(count, 'download')})`, { width: width.out }),
        line(rowsText(downloads.map(({ rowId }) => rowId))),
        ...(until === null ? [] : [line(`Wait until ${timeText(new Date(until))}.`)]),
        ...(message === null ? [] : [line(`${out.dim('Send:')} ${message}`)]),
        ...commands.map((command) => wrapCommand(`${INDENT}${filledIn(command, csv, downloads)}`, width.out)),
      ].join('\n'),
    )
    .join('\n\n');
}

/** A command with the CSV, and the rows where they are few and need no quoting. */
function filledIn(command: string, csv: string, downloads: RemedyGroup['downloads']): string {
  const rowIds = [...new Set(downloads.map(({ rowId }) => rowId))];
  const isShort = rowIds.length <= TYPED_ROWS && rowIds.every((rowId) => /^\w[\w.]{0,30}$/.test(rowId));
  const withCsv = command.replace('CSV', () => csv);
  return isShort ? withCsv.replace('ROW_ID', rowIds.join(' ')) : withCsv;
}

function rowsText(rowIds: readonly string[]): string {
  const unique = [...new Set(rowIds)];
  const shown = unique.slice(0, SHOWN_ROWS).map((rowId) => brief(rowId, MAX_ROW_ID));
  const more = unique.length - shown.length;
  return `${unique.length === 1 ? 'row' : 'rows'} ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
