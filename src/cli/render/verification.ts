import {
  type Finding,
  type FindingKind,
  FINDINGS,
  type Repair,
  type StepResult,
  type Verification,
} from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { fromHere } from './paths.ts';
import { bytesText, counted, shellWord, TYPE_NAMES } from './words.ts';
import { brief, wrapCommand, wrapText } from './wrap.ts';

/** Findings of a kind that are listed; the others are counted, and stand in `--json`. */
const SHOWN = 50;
const MAX_ROW_ID = 60;
const MAX_MESSAGE = 300;
const INDENT = '  ';

/** What a verification came to; with steps, what was mended or would be. */
export function renderVerification(
  report: Verification & { readonly applied: boolean; readonly steps: readonly StepResult[] | null },
  csvPath: string,
  cwd: string,
  terminal: Terminal,
): string {
  const { out, width } = terminal;
  const { files, bytes, read, sidecars, findings, steps, applied } = report;
  const line = (text: string, indent = '') => wrapText(text, { width: width.out, indent });
  const csv = safe(shellWord(csvPath));
  const looked = line(
    `${counted(files, 'file')} on record (${bytesText(bytes)}), ${counted(sidecars, 'sidecar')}, ${counted(read, 'file')} read.`,
  );
  if (findings.length === 0) return `${looked}\n${line('Everything fits.')}`;
  const kinds = Map.groupBy(findings, ({ kind }) => kind);
  const groups = [...kinds].map(([kind, group]) => renderKind(kind, group, cwd, terminal));
  const mendable = findings.filter(({ repair }) => repair !== null).length;
  return [looked, '', ...groups, ...closing()].join('\n');

  function closing(): string[] {
    if (steps === null)
      return mendable === 0
        ? []
        : [
            line(`${counted(mendable, 'finding')} can be mended without guessing. ${out.dim('See how:')}`),
            wrapCommand(`${INDENT}rowtrail verify ${csv} --repair`, width.out),
          ];
    if (steps.length === 0) return [line('None of this can be mended without guessing.')];
    const heading = applied ? 'Mended:' : 'Would be mended:';
    return [
      out.bold(heading),
      ...steps.slice(0, SHOWN).map((result) => renderStep(result, cwd, terminal)),
      ...(steps.length > SHOWN ? [line(`${INDENT}and ${steps.length - SHOWN} more`)] : []),
      '',
      ...(applied
        ? [
            line(out.dim('To take it back:')),
            wrapCommand(`${INDENT}rowtrail verify ${csv} --undo`, width.out),
          ]
        : [
            line(out.dim('To do it:')),
            wrapCommand(`${INDENT}rowtrail verify ${csv} --repair --yes`, width.out),
          ]),
    ];
  }
}

/** What was taken back. */
export function renderUndone(steps: readonly StepResult[] | null, cwd: string, terminal: Terminal): string {
  if (steps === null) return wrapText('There is no repair to take back.', { width: terminal.width.out });
  return [terminal.out.bold('Taken back:'), ...steps.map((step) => renderStep(step, cwd, terminal))].join(
    '\n',
  );
}

function renderKind(
  kind: FindingKind,
  group: readonly Finding[],
  cwd: string,
  { out, width }: Terminal,
): string {
  const line = (text: string, indent = '') => wrapText(text, { width: width.out, indent });
  return [
    line(`${out.yellow(FINDINGS[kind].title)} (${group.length}): ${FINDINGS[kind].what}`, INDENT),
    ...group.slice(0, SHOWN).map((finding) => line(`${INDENT}${subjectOf(finding, cwd)}`, INDENT.repeat(2))),
    ...(group.length > SHOWN ? [line(`${INDENT}and ${group.length - SHOWN} more`)] : []),
    '',
  ].join('\n');
}

function subjectOf({ rowId, downloadType, path, message }: Finding, cwd: string): string {
  const row =
    rowId === null
      ? []
      : [`row ${brief(rowId, MAX_ROW_ID)}${downloadType === null ? '' : ` ${TYPE_NAMES[downloadType]}`}`];
  const file = path === null ? [] : [safe(fromHere(path, cwd))];
  return `${[...row, ...file].join(', ')}: ${brief(message, MAX_MESSAGE)}`;
}

function renderStep({ step, problem }: StepResult, cwd: string, { out, width }: Terminal): string {
  const failed = problem === null ? '' : ` ${out.red('not done:')} ${brief(problem, MAX_MESSAGE)}`;
  return wrapText(`${INDENT}${sentenceOf(step, cwd)}${failed}`, {
    width: width.out,
    indent: INDENT.repeat(2),
  });
}

function sentenceOf(step: Repair, cwd: string): string {
  const name = (path: string) => safe(fromHere(path, cwd));
  switch (step.do) {
    case 'rename':
      return step.moves.map(({ from, to }) => `${name(from)} becomes ${name(to)}`).join(', ');
    case 'copy':
      return `${name(step.to)} is made from ${name(step.from)}`;
    case 'write_sidecar':
      return `${name(step.path)} is written from the ledger`;
    case 'pending_again':
      return `row ${brief(step.loss.rowId, MAX_ROW_ID)}: ${TYPE_NAMES[step.loss.downloadType]} is pending again`;
    case 'reset':
      return `row ${brief(step.rowId, MAX_ROW_ID)}: ${TYPE_NAMES[step.downloadType]} is pending again`;
    case 'take_in':
      return `row ${brief(step.held.row.rowId, MAX_ROW_ID)}: ${TYPE_NAMES[step.held.downloadType]} is completed by what is on the disk`;
  }
}
