import type { FailedDownload } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { counted, shellWord, TYPE_NAMES } from './words.ts';
import { brief, wrapText } from './wrap.ts';

/** Columns of the terminal that a person's name takes at most. */
const MAX_NAME = 200;
const MIN_NAME = 10;
const MAX_MESSAGE = 500;
const INDENT = ' '.repeat(6);

type Shown = Pick<FailedDownload, 'rowId' | 'name' | 'downloadType' | 'message' | 'nextStep'>;

/** Failures grouped by what mends them: one next step, then the rows that it is for. */
export function renderFailures(failures: readonly Shown[], { out, width }: Terminal): string {
  if (failures.length === 0) return 'Nothing has failed.';
  const line = (text: string, indent = '') => wrapText(text, { width: width.out, indent });
  const longest = Math.min(MAX_NAME, Math.max(width.out - INDENT.length - ','.length, MIN_NAME));
  const groups = Map.groupBy(failures, ({ nextStep }) => nextStep);
  const parts = [...groups].map(([nextStep, group]) =>
    [
      line(`${out.yellow(counted(group.length, 'download'))}: ${nextStep}`),
      ...group.map(({ rowId, name, downloadType, message }) => {
        const who = [out.bold(brief(rowId, longest)), brief(name, longest)]
          .filter((word) => word.trim() !== '')
          .join(' ');
        return line(`  ${who}, ${TYPE_NAMES[downloadType]}: ${out.dim(brief(message, MAX_MESSAGE))}`, INDENT);
      }),
    ].join('\n'),
  );
  return parts.join('\n\n');
}

/** The same with what to do once the causes are mended. */
export function renderFailed(
  failures: readonly FailedDownload[],
  csvPath: string,
  terminal: Terminal,
): string {
  const shown = renderFailures(failures, terminal);
  if (failures.length === 0) return shown;
  const csv = safe(shellWord(csvPath));
  const steps = failures.some(({ permanent }) => permanent)
    ? `rowtrail reset ${csv} ROW_ID for what you have mended, then rowtrail run ${csv}`
    : `rowtrail run ${csv}`;
  return `${shown}\n\n${wrapText(`${terminal.out.dim('Next:')} ${steps}`, { width: terminal.width.out })}`;
}
