import { type ErrorContext, ErrorSeverity } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { counted, shellWord } from './words.ts';
import { brief, wrapText } from './wrap.ts';

const MAX_MESSAGE = 1000;

/** Everything that is wrong with a CSV, in the order of the file, each with its place. */
export function renderIntegrity(
  found: readonly ErrorContext[],
  csvPath: string,
  { out, width }: Terminal,
): string {
  const line = (text: string, indent = '') => wrapText(text, { width: width.out, indent });
  if (found.length === 0) return line(`${safe(csvPath)}: nothing is wrong.`);
  const colours = {
    [ErrorSeverity.INFO]: out.dim,
    [ErrorSeverity.WARNING]: out.yellow,
    [ErrorSeverity.ERROR]: out.red,
    [ErrorSeverity.CRITICAL]: out.red,
  };
  const problems = found.filter(({ severity }) => severity !== ErrorSeverity.INFO).length;
  const csv = safe(shellWord(csvPath));
  return [
    ...found.map(({ severity, message }) =>
      line(`${colours[severity](severity.padEnd(8))} ${brief(message, MAX_MESSAGE)}`, ' '.repeat(9)),
    ),
    '',
    problems === 0
      ? line('Nothing of this keeps rowtrail from working.')
      : line(
          `${counted(problems, 'problem')}. ${out.dim('Next:')} correct ${csv}, then rowtrail error-handling --validate-csv ${csv}`,
        ),
  ].join('\n');
}
