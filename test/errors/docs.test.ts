import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CAUSES } from '../../src/errors/index.ts';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

/** The rows whose first cell is a cause, as the page shows them. */
function documentedCauses(): string[][] {
  return page
    .split('\n')
    .filter((line) => /^\| `\w+` /.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim().replaceAll(/\\([<|*_])/g, '$1')),
    );
}

it('the page on errors names every cause with its facts, in the order of the table', () => {
  const causes = Object.entries(CAUSES).map(([cause, { category, verdict, severity, scope, nextStep }]) => [
    `\`${cause}\``,
    category,
    verdict,
    severity,
    scope,
    nextStep,
  ]);
  expect(documentedCauses()).toEqual(causes);
});
