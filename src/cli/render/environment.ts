import { type ErrorContext, ErrorSeverity } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { wrapText } from './wrap.ts';

/** What on this machine would keep a run from working, each with the step that mends it. */
export function renderEnvironment(found: readonly ErrorContext[], { out, width }: Terminal): string {
  const line = (text: string) => wrapText(text, { width: width.out, indent: ' '.repeat(9) });
  if (found.length === 0) return line('This machine: nothing is wrong.');
  return found
    .map(({ severity, message, nextStep }) => {
      const colour = severity === ErrorSeverity.WARNING ? out.yellow : out.red;
      return `${line(`${colour(severity.padEnd(8))} ${safe(message)}`)}\n${line(`${' '.repeat(9)}${safe(nextStep)}`)}`;
    })
    .join('\n');
}
