import type { ErrorHandlingCheck } from '../../index.ts';
import type { Terminal } from '../terminal.ts';
import { wrapText } from './wrap.ts';

/** Only what came out otherwise than expected is listed. */
export function renderErrorHandling(checks: readonly ErrorHandlingCheck[], { out, width }: Terminal): string {
  const line = (text: string) => wrapText(text, { width: width.out, indent: '  ' });
  const wrong = checks.filter(({ ok }) => !ok);
  const causes = new Set(checks.map(({ cause }) => cause)).size;
  return [
    ...wrong.map(({ made, expected, got }) =>
      line(
        `${out.red('wrong')} ${made}: expected ${expected.cause}, ${expected.retried ? 'tried again' : 'not tried again'}; got ${got.cause}, ${got.retried ? 'tried again' : 'not tried again'}`,
      ),
    ),
    line(
      `${checks.length - wrong.length} of ${checks.length} made errors of ${causes} causes are understood, with the right retries and delays.`,
    ),
  ].join('\n');
}
