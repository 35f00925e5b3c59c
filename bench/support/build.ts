import { spawnSync } from 'node:child_process';
import { cpSync, statSync } from 'node:fs';
import { join } from 'node:path';

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
  const compiled = join(root, 'build', 'bench');
  // Programs in other languages stand beside the modules that start them.
  const isProgram = (path: string) => statSync(path).isDirectory() || path.endsWith('.py');
  cpSync(join(root, 'src'), join(compiled, 'src'), { recursive: true, filter: isProgram });
  return compiled;
}
