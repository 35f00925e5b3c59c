import { join } from 'node:path';
import {
  type AdoptedDownload,
  type Adoption,
  LEFT_ALONE,
  type LeftAlone,
  type LeftReason,
} from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { fromHere } from './paths.ts';
import { bytesText, counted, shellWord, TYPE_NAMES } from './words.ts';
import { brief, wrapCommand, wrapText } from './wrap.ts';

/** Lines of a kind that are shown; all stand in `--json`. */
const SHOWN = 50;
const MAX_TEXT = 300;
const INDENT = '  ';

/** What rows got of a folder, or would get, and what was left alone and why. */
export function renderAdoption(
  adoption: Adoption,
  csvPath: string,
  cwd: string,
  { out, width }: Terminal,
): string {
  const { applied, downloads, here, moved, left } = adoption;
  const line = (text: string, indent = '') => wrapText(text, { width: width.out, indent });
  const list = (title: string, lines: readonly string[]) => [
    line(out.bold(title)),
    ...lines.slice(0, SHOWN).map((text) => line(`${INDENT}${text}`, INDENT.repeat(2))),
    ...(lines.length > SHOWN ? [line(`${INDENT}and ${lines.length - SHOWN} more`)] : []),
  ];
  const path = (at: string) => safe(fromHere(at, cwd));
  const files = downloads.flatMap((download) => download.files);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const parts = downloads.filter(({ status }) => status === 'pending').length;
  return [
    line(
      `${applied ? 'Taken over' : 'Would be taken over'}: ${counted(files.length, 'file')} (${bytesText(bytes)}) for ${counted(new Set(downloads.map(({ rowId }) => rowId)).size, 'row')}.${
        here > 0 ? ` Already here: ${counted(here, 'file')}.` : ''
      }${moved > 0 ? ` Removed from the folder: ${counted(moved, 'file')}.` : ''}`,
    ),
    ...(downloads.length > 0
      ? list(applied ? 'Rows:' : 'Rows that would get files:', downloads.flatMap(linesOf))
      : []),
    ...byReason(left).flatMap(([reason, own]) =>
      list(
        `${LEFT_ALONE[reason].title} (left alone):`,
        own.map(({ path: at, message }) => `${path(at)}: ${brief(message, MAX_TEXT)}`),
      ),
    ),
    ...closing(),
  ].join('\n');

  function linesOf({ rowId, downloadType, status, missing, files: own }: AdoptedDownload): readonly string[] {
    const lacks =
      missing === null ? 'what its list has besides' : missing.map((id) => brief(id, MAX_TEXT)).join(', ');
    const rest =
      status === 'completed'
        ? out.green('completed')
        : `pending${lacks === '' ? '' : `: a run fetches ${lacks}`}`;
    return own.map(
      ({ kind, from, path: to }, at) =>
        `${brief(rowId, MAX_TEXT)} ${TYPE_NAMES[downloadType]} ${kind}: ${path(from)}${to === null ? '' : ` as ${path(join(adoption.folders[downloadType], to))}`}${at === own.length - 1 ? `, ${rest}` : ''}`,
    );
  }

  function closing(): readonly string[] {
    const csv = safe(shellWord(csvPath));
    if (!applied && downloads.length > 0)
      return [
        '',
        line(out.dim('Nothing was done yet. To do it:')),
        wrapCommand(
          `${INDENT}rowtrail adopt ${csv} ${safe(shellWord(fromHere(adoption.folder, cwd)))}`,
          width.out,
        ),
      ];
    if (applied && parts > 0)
      return [
        '',
        line(out.dim('What is missing is fetched by:')),
        wrapCommand(`${INDENT}rowtrail run ${csv}`, width.out),
      ];
    return [];
  }
}

/** In the order of the table: what a person should look at comes first. */
function byReason(left: readonly LeftAlone[]): readonly (readonly [LeftReason, readonly LeftAlone[]])[] {
  const groups = Map.groupBy(left, ({ reason }) => reason);
  return (Object.keys(LEFT_ALONE) as LeftReason[]).flatMap((reason) => {
    const own = groups.get(reason);
    return own === undefined ? [] : [[reason, own] as const];
  });
}
