import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startPostgres } from '../support/postgres.ts';
import { tempFolder } from '../support/temp-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The package as somebody has it who did not install this library. @returns its launcher */
async function packageWithout(library: string): Promise<string> {
  const folder = await tempFolder();
  for (const name of ['bin', 'dist', 'package.json'])
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  const modules = join(folder, 'node_modules');
  await mkdir(modules);
  for (const name of await readdir(join(ROOT, 'node_modules')))
    if (name !== library) await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  return join(folder, 'bin', 'rowtrail.js');
}

const codeAndError = (launcher: string, args: readonly string[]) =>
  new Promise<readonly [unknown, string]>((resolve) => {
    execFile(process.execPath, [launcher, ...args], (error, _stdout, stderr) =>
      resolve([error?.code ?? 0, stderr]),
    );
  });

it('a worker without the libraries of a store says which command installs them', async () => {
  const { url } = await startPostgres();
  for (const [library, command] of [
    ['pg', 'npm install pg@8'],
    ['pg-boss', 'npm install pg-boss@12.35.0'],
  ] as const) {
    const launcher = await packageWithout(library);
    const told = await codeAndError(launcher, ['worker', '--store', url]);
    expect(told).toEqual([2, expect.stringContaining(command)]);
  }
});
