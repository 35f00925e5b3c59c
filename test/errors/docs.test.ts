import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CAUSES, REMEDIES } from '../../src/errors/index.ts';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

/** The rows of the page's tables whose first cell is a key, as the page shows them. */
function documented(cells: number): string[][] {
  return page
    .split('\n')
    .filter((line) => /^\| `\w+` /.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim().replaceAll(/\\([<|*_])/g, '$1')),
    )
    .filter((row) => row.length === cells);
}

it('the page on errors names every cause with its facts, in the order of the table', () => {
  const causes = Object.entries(CAUSES).map(([cause, facts]) => [
    `\`${cause}\``,
    facts.category,
    facts.verdict,
    facts.retry,
    facts.severity,
    facts.scope,
    facts.remedy,
    facts.recognisedBy,
    facts.nextStep,
  ]);
  expect(documented(9)).toEqual(causes);
});

it('the page on errors names every remedy with what it says', () => {
  const remedies = Object.entries(REMEDIES).map(([remedy, { title, message, commands }]) => [
    `\`${remedy}\``,
    title,
    message ?? '',
    commands.map((command) => `\`${command}\``).join(', '),
  ]);
  expect(documented(4)).toEqual(remedies);
});
