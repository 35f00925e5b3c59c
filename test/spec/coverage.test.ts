import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { type Chapter, REFERENCE } from './reference.ts';

const PAGE = fileURLToPath(new URL('../../docs/spec-coverage.md', import.meta.url));
const CHAPTERS: readonly (readonly [string, Chapter])[] = Object.entries(REFERENCE);

it.for(CHAPTERS.map(([name]) => name))('the chapter %s has a file that tests it, and no other', (name) => {
  const file = fileURLToPath(new URL(`${name}.test.ts`, import.meta.url));
  expect(existsSync(file)).toBe(true);
  expect(
    [...readFileSync(file, 'utf8').matchAll(/\bcoverChapter\('([\w-]+)'\)/g)].map(([, used]) => used),
  ).toEqual([name]);
});

it('every test file here belongs to a chapter', () => {
  const files = readdirSync(fileURLToPath(new URL('.', import.meta.url)))
    .filter((file) => file.endsWith('.test.ts') && file !== 'coverage.test.ts')
    .map((file) => file.replace('.test.ts', ''));
  expect(files.toSorted()).toEqual(Object.keys(REFERENCE).toSorted());
});

/** Written anew with `npx vitest run test/spec/coverage.test.ts -u`. */
it('the page on coverage says what the tests say', async () => {
  const options = await resolveConfig(PAGE);
  await expect(await format(page(), { ...options, parser: 'markdown' })).toMatchFileSnapshot(PAGE);
});

function page(): string {
  const count = CHAPTERS.reduce((sum, [, { lines }]) => sum + Object.keys(lines).length, 0);
  return [
    '# Coverage of the API reference',
    '',
    'The API reference that rowtrail implements is written for Python. This page says what each of its',
    `${count} lines is called here and where we differ on purpose. In memory keys are in camelCase; what is printed with \`--json\` or`,
    'written to disk keeps the names of the reference.',
    '',
    'Each line has a test in the file of its chapter, named after it: `npx vitest run test/spec -t RowContext.row_id`. A line without',
    'one fails there, and so does this page when it is not up to date; `npx vitest run test/spec/coverage.test.ts -u` writes it anew.',
    ...CHAPTERS.flatMap(([name, chapter]) => ['', ...section(name, chapter)]),
    '',
  ].join('\n');
}

function section(name: string, { title, lines }: Chapter): readonly string[] {
  return [
    `## ${title}`,
    '',
    `Tested by \`test/spec/${name}.test.ts\`.`,
    '',
    '| reference | rowtrail | differs |',
    '| --- | --- | --- |',
    ...Object.entries(lines).map(([line, { ours, differs = '' }]) => row([`\`${line}\``, ours, differs])),
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
}
