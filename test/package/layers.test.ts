import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { newFolder, writeFiles } from '../setup/folder.ts';
import { run } from '../setup/programs.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** The names of the rules that these files break, with who broke them, by the real tool on the real rules. */
async function broken(files: Readonly<Record<string, string>>): Promise<string[]> {
  const root = newFolder();
  writeFiles(root, { 'package.json': '{"type":"module","devDependencies":{"papaparse":"5"}}', ...files });
  for (const name of ['.dependency-cruiser.js', 'tsconfig.json'])
    cpSync(join(repository, name), join(root, name));
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  const cruiser = join(repository, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
  const typescript = join(repository, 'scripts', 'typescript-api.js');
  const folders = [...new Set(Object.keys(files).map((file) => file.split('/')[0] ?? ''))];
  const command = [process.execPath, '--import', typescript, cruiser, '--output-type', 'json', ...folders];
  const { stdout } = await run(command, { cwd: root });
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { from: string; rule: { name: string } }[] };
  };
  return summary.violations.map(({ from, rule }) => `${rule.name}: ${from}`);
}

const ROW = {
  'src/row/index.ts': "export { row } from './row.ts';",
  'src/row/row.ts': 'export const row = 1;',
};
const USES_ROW = "import { row } from '../row/index.ts';\nexport const x = row;";

test('a folder may import what stands below it, through its index', async () => {
  expect(await broken({ ...ROW, 'src/csv/cell.ts': USES_ROW })).toEqual([]);
});

test.each([
  ['a folder that imports one above it', { 'src/errors/a.ts': USES_ROW }, 'layer-errors: src/errors/a.ts'],
  [
    'an import of nothing but a type',
    { 'src/errors/a.ts': "import type { row } from '../row/index.ts';\nexport type X = typeof row;" },
    'layer-errors: src/errors/a.ts',
  ],
  [
    'a way past the index',
    { 'src/csv/a.ts': "import { row } from '../row/row.ts';\nexport const x = row;" },
    'through-the-index: src/csv/a.ts',
  ],
  [
    'a command that does not use the public API',
    { 'src/cli/main.ts': USES_ROW },
    'edge-cli: src/cli/main.ts',
  ],
  [
    'a start of the command line that loads something at its top',
    {
      'src/cli/start.ts': "import { x } from './other.ts';\nexport const y = x;",
      'src/cli/other.ts': 'export const x = 1;',
    },
    'start-loads-nothing: src/cli/start.ts',
  ],
  [
    'a loopback internet that knows the product',
    { 'src/demo/internet/index.ts': USES_ROW.replace('../', '../../') },
    'loopback-internet-stands-alone: src/demo/internet/index.ts',
  ],
  ['a new folder without a place', { 'src/utils/index.ts': USES_ROW }, 'known-folders: src/utils/index.ts'],
  [
    'a product that imports its tests',
    { 'src/csv/a.ts': "import '../../test/b.ts';", 'test/b.ts': USES_ROW.replace('../', '../src/') },
    'src-stands-alone: src/csv/a.ts',
  ],
  [
    'a development dependency in the product',
    { 'src/csv/a.ts': `import 'papaparse';\n${USES_ROW}` },
    'no-dev-dependencies: src/csv/a.ts',
  ],
  [
    'a set-up script that needs what is not shipped',
    { 'scripts/setup/index.js': "import '../build.js';", 'scripts/build.js': '' },
    'setup-tools-stand-alone: scripts/setup/index.js',
  ],
  [
    'a cycle',
    { 'src/csv/a.ts': "import './b.ts';", 'src/csv/b.ts': "import './a.ts';" },
    'no-cycles: src/csv/a.ts',
  ],
  [
    'a module without relations',
    { 'src/csv/alone.ts': 'export const x = 1;' },
    'no-orphans: src/csv/alone.ts',
  ],
  [
    'an import of nothing',
    { 'src/csv/a.ts': `import './gone.ts';\n${USES_ROW}` },
    'resolvable: src/csv/a.ts',
  ],
])('%s is found', async (_what, files, violation) => {
  expect(await broken({ ...ROW, ...files })).toContain(violation);
});
