import type { Forgotten } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { fromHere } from './paths.ts';
import { bytesText, counted, shellWord } from './words.ts';
import { brief, wrapCommand, wrapText } from './wrap.ts';

/** Paths of a kind that are listed; all stand in `--json`. */
const SHOWN = 50;
const MAX_TEXT = 100;
const INDENT = '  ';

const GOES = {
  row: "the row's line goes",
  lines: 'the lines about the row go',
  steps: 'the steps about the row go',
  all: 'goes',
} as const;

export function renderUnknown(rowId: string, { width }: Terminal): string {
  return wrapText(`Nothing is known of row ${brief(rowId, MAX_TEXT)}.`, { width: width.out });
}

/** What goes with a row, or went, and what was found afterwards. */
export function renderForgotten(
  forgotten: Forgotten,
  csvPath: string,
  cwd: string,
  { out, width }: Terminal,
): string {
  const { rowId, names, emails, files, sidecars, staging, ledgerRecords, beside, kept, applied, left } =
    forgotten;
  const line = (text: string, indent = '') => wrapText(text, { width: width.out, indent });
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0
      ? []
      : [
          line(out.bold(title)),
          ...lines.slice(0, SHOWN).map((text) => line(`${INDENT}${text}`, INDENT.repeat(2))),
          ...(lines.length > SHOWN ? [line(`${INDENT}and ${lines.length - SHOWN} more`)] : []),
        ];
  const path = (at: string) => safe(fromHere(at, cwd));
  const sized = ({ path: at, size }: { readonly path: string; readonly size: number }) =>
    `${path(at)} (${bytesText(size)})`;
  const who = [...names, ...emails].map((text) => brief(text, MAX_TEXT)).join(', ');
  return [
    line(`Row ${brief(rowId, MAX_TEXT)}${who === '' ? '' : `: ${who}`}`),
    line(
      `${applied ? 'Removed' : 'Would be removed'}: ${[
        counted(files.length, 'file'),
        counted(sidecars.length, 'sidecar'),
        counted(ledgerRecords, 'record of the ledger', 'records of the ledger'),
        `${counted(beside.length, 'backup or log', 'backups and logs')}, in part or whole`,
      ].join(', ')}.`,
    ),
    ...list('Files:', files.map(sized)),
    ...list('Sidecars:', sidecars.map(sized)),
    ...list('Unfinished downloads:', staging.map(sized)),
    ...list(
      'Backups, logs and the like:',
      beside.map(({ path: at, goes }) => `${path(at)}: ${GOES[goes]}`),
    ),
    ...list(
      'Stays:',
      kept.map(({ path: at, why }) => `${path(at)}: ${why}`),
    ),
    '',
    ...closing(),
  ].join('\n');

  function closing(): readonly string[] {
    const csv = safe(shellWord(csvPath));
    const own =
      forgotten.line === null
        ? []
        : [
            line(
              `The row itself is yours: it stays in ${safe(fromHere(forgotten.csvPath, cwd))}, line ${forgotten.line}. Take it out there; as long as it is in, a run may work on it, and backups hold it again.`,
            ),
          ];
    const unproven = forgotten.notSearched.map((text) => `"${brief(text, MAX_TEXT)}"`).join(', ');
    const common =
      unproven === ''
        ? []
        : [
            line(
              `Not searched for, because other rows of the CSV have it, too, or it is too short: ${unproven}.`,
            ),
          ];
    if (left === null)
      return [
        ...own,
        line(out.dim('Nothing was removed yet. It cannot be taken back. To do it:')),
        wrapCommand(`${INDENT}rowtrail forget ${csv} ${safe(shellWord(rowId))} --yes`, width.out),
      ];
    const proof =
      left.length === 0
        ? [line(out.green('Searched again in ledger, backups, logs, sidecars and staging: nothing is left.'))]
        : [...list('Still found in:', left.map(path)), line('Look at these yourself.')];
    return [...proof, ...common, ...own];
  }
}
