import type { EnvironmentCheck } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { wrapText } from './wrap.ts';

/** Under the marks. */
const INDENT = ' '.repeat(8);

export function renderChecks(checks: readonly EnvironmentCheck[], { out, width }: Terminal): string {
  const marks = { ok: out.green('ok      '), warning: out.yellow('warning '), problem: out.red('problem ') };
  const line = (text: string) => wrapText(text, { width: width.out, indent: INDENT });
  const lines = checks.flatMap(({ name, status, found, mend }) => [
    line(`${marks[status]}${name}: ${safe(found)}`),
    ...(mend === null ? [] : [line(`${INDENT}${safe(mend)}`)]),
  ]);
  const problems = checks.filter(({ status }) => status === 'problem').length;
  return [...lines, '', problems === 0 ? 'Ready.' : `${problems} to mend before a run.`].join('\n');
}
