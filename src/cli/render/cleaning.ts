import type { Cleaning, LeftoverKind } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { fromHere } from './paths.ts';
import { bytesText, counted, shellWord } from './words.ts';
import { brief, wrapCommand, wrapText } from './wrap.ts';

/** Paths of a kind that are listed; all stand in `--json`. */
const SHOWN = 50;
const MAX_TEXT = 300;
const INDENT = '  ';

const TITLES: Readonly<Record<LeftoverKind, string>> = {
  staging: 'Unfinished downloads:',
  backup: 'Backups:',
  log: 'Logs of runs:',
};

/** What goes, or went, with its size, and what stays because it is used. */
export function renderCleaning(
  cleaning: Cleaning,
  csvPath: string,
  {
    keepBackups,
    olderThanMs,
  }: { readonly keepBackups: number | undefined; readonly olderThanMs: number | undefined },
  cwd: string,
  { out, width }: Terminal,
): string {
  const { applied, leftovers, bytes, samples, kept, problems } = cleaning;
  const line = (text: string, indent = '') => wrapText(text, { width: width.out, indent });
  const path = (at: string) => safe(fromHere(at, cwd));
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0
      ? []
      : [
          line(out.bold(title)),
          ...lines.slice(0, SHOWN).map((text) => line(`${INDENT}${text}`, INDENT.repeat(2))),
          ...(lines.length > SHOWN ? [line(`${INDENT}and ${lines.length - SHOWN} more`)] : []),
        ];
  const reasons = (all: Cleaning['kept']) =>
    all.map(({ path: at, why }) => `${path(at)}: ${brief(why, MAX_TEXT)}`);
  const isNothing = leftovers.length === 0 && samples === 0;
  const words = [
    counted(leftovers.length, 'leftover'),
    ...(samples === 0 ? [] : [counted(samples, 'sample of the metrics', 'samples of the metrics')]),
  ];
  return [
    isNothing
      ? line('There is nothing to clear away.')
      : line(`${applied ? 'Removed' : 'Would be removed'}: ${words.join(', ')} (${bytesText(bytes)}).`),
    ...(Object.keys(TITLES) as LeftoverKind[]).flatMap((kind) =>
      list(
        TITLES[kind],
        leftovers
          .filter((each) => each.kind === kind)
          .map((each) => `${path(each.path)} (${bytesText(each.bytes)})`),
      ),
    ),
    ...list('Stays, because it is used:', reasons(kept)),
    ...list('Could not be removed:', reasons(problems)),
    ...(applied || isNothing ? [] : ['', line(out.dim('Nothing was removed yet. To do it:')), command()]),
  ].join('\n');

  function command(): string {
    const flags = [
      ...(keepBackups === undefined ? [] : [`--keep-backups ${keepBackups}`]),
      ...(olderThanMs === undefined ? [] : [`--older-than ${Math.round(olderThanMs / 60_000)}m`]),
      '--yes',
    ];
    return wrapCommand(`${INDENT}rowtrail clean ${safe(shellWord(csvPath))} ${flags.join(' ')}`, width.out);
  }
}
