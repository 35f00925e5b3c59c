import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../setup/run-command.js';
import { noticesOf } from './bundle.js';
import { repositoryNode } from './dependencies.js';

/** The packages that are built into the page. */
const INSIDE = ['preact', 'uplot'];

/**
 * Builds the dashboard's page from src/dashboard/page into dist/dashboard/page: index.html, and script and style with
 * hashed names. Nothing is inlined, since the server's policy allows neither inline script nor inline style.
 * @param {string} root folder of the repository
 * @throws {Error} the build failed; it holds the builder's words
 */
export async function buildPage(root) {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const source = join(root, 'src', 'dashboard', 'page');
  const target = join(root, 'dist', 'dashboard', 'page');
  rmSync(target, { recursive: true, force: true });
  const config = join(root, 'scripts', 'repository', 'page.config.js');
  const command = [repositoryNode(root), vite, 'build', source, '--config', config, '--logLevel', 'warn'];
  const { ok, output } = await runCommand(command, { cwd: root });
  if (!ok) throw new Error(`the page's build failed:\n${output}`);
  const folders = INSIDE.map((name) => join(root, 'node_modules', name));
  writeFileSync(join(target, 'LICENSES.txt'), noticesOf(folders));
}
