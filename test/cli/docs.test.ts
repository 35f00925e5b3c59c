import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { schema } from '../../src/cli/settings/schema.ts';

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

it.for(['README.md', 'docs/cli.md'])('%s lists every command', async (path) => {
  const text = await read(path);
  const missing = COMMANDS.map(({ name }) => name).filter(
    (name) => !new RegExp(`^\\|.*\`${name}[\` ]`, 'm').test(text),
  );
  expect(missing).toEqual([]);
});

it('docs/cli.md names every setting', async () => {
  const text = await read('docs/cli.md');
  const missing = Object.keys(schema.shape).filter(
    (name) => !text.includes(`\`${name}\``) && !text.includes(`\`ROWTRAIL_${name.toUpperCase()}\``),
  );
  expect(missing).toEqual([]);
});
