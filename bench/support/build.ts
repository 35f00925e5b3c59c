import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { copyPrograms } from '../../scripts/repository/build.js';

/**
 * Compiles src/ and bench/ into `build/bench/`, so that what is measured is JavaScript as it is shipped: stripping types
 * at the start of each process would cost time and tens of megabytes that no user pays.
 * @param root of the repository
 * @returns the folder that mirrors the repository
 * @throws Error when the compiler fails
 */
export function buildForBench(root: string): string {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const project = join(root, 'bench', 'tsconfig.json');
  const { status } = spawnSync(process.execPath, [compiler, '-p', project], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('src/ and bench/ do not compile: run `npm run types`');
  copyPrograms(root, join(root, 'build', 'bench', 'src'));
  return join(root, 'build', 'bench');
}
