import type { EnvironmentCheck } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';

export function renderChecks(checks: readonly EnvironmentCheck[], { out }: Terminal): string {
  const marks = { ok: out.green('ok      '), warning: out.yellow('warning '), problem: out.red('problem ') };
  const lines = checks.flatMap(({ name, status, found, mend }) => [
    `${marks[status]}${name}: ${safe(found)}`,
    ...(mend === null ? [] : [`        ${safe(mend)}`]),
  ]);
  const problems = checks.filter(({ status }) => status === 'problem').length;
  return [...lines, '', problems === 0 ? 'Ready.' : `${problems} to mend before a run.`].join('\n');
}
