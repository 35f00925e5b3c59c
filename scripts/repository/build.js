import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { runCommand } from '../setup/run-command.js';
import { repositoryNode } from './dependencies.js';

/** What the content of dist/ depends on. */
const INPUTS = [
  'src',
  'tsconfig.json',
  'tsconfig.build.json',
  'package-lock.json',
  'scripts/repository/page.config.js',
];

/** Where the fingerprint of the inputs of the last build stands. */
const RECORD = join('build', 'inputs.sha256');

/**
 * Why a build is needed.
 * @param {string} root folder of the repository
 * @returns {string | null} null when dist/ was built from the sources as they are
 */
export function staleBuild(root) {
  if (!existsSync(join(root, 'dist', 'index.js'))) return 'dist is missing';
  const record = join(root, RECORD);
  const built = existsSync(record) ? readFileSync(record, 'utf8') : '';
  return built === inputsFingerprint(root) ? null : 'the sources have changed';
}

/**
 * Compiles src/ into dist/ with the repository's own Node and compiler, clears from dist/ what no source makes any more,
 * builds the dashboard's page and puts the command line together. A crash leaves no record, so the next set-up builds again.
 * @param {string} root folder of the repository
 * @throws {Error} the compiler found errors; it holds them
 */
export async function build(root) {
  const fingerprint = inputsFingerprint(root);
  const record = join(root, RECORD);
  rmSync(record, { force: true });
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const command = [repositoryNode(root), compiler, '-p', 'tsconfig.build.json'];
  const { ok, output } = await runCommand(command, { cwd: root });
  if (!ok) throw new Error(`the build failed:\n${output}`);
  copyPrograms(root, join(root, 'dist'));
  clearLeftovers(root);
  // Loaded when they are needed: a set-up that finds all built does without, as does a copy that has neither of them.
  if (existsSync(join(root, 'src', 'dashboard', 'page')))
    await (await import('./build-page.js')).buildPage(root);
  if (existsSync(join(root, 'src', 'cli'))) await (await import('./bundle.js')).bundle(root);
  mkdirSync(dirname(record), { recursive: true });
  writeFileSync(record, fingerprint);
}

/**
 * Programs in other languages stand in src/ beside the modules that start them, and so they do among what was compiled.
 * @param {string} root folder of the repository
 * @param {string} compiled the folder that mirrors src/
 */
function copyPrograms(root, compiled) {
  const source = join(root, 'src');
  for (const file of filesUnder(source).filter((path) => extname(path) === '.py')) {
    const target = join(compiled, relative(source, file));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(file, target);
  }
}

/** @param {string} root */
function clearLeftovers(root) {
  const dist = join(root, 'dist');
  for (const file of filesUnder(dist)) {
    const source = relative(dist, file).replace(/(\.d\.ts|\.js\.map|\.js)$/, '.ts');
    if (!existsSync(join(root, 'src', source))) rmSync(file);
  }
}

/** @param {string} root */
function inputsFingerprint(root) {
  const hash = createHash('sha256');
  for (const input of INPUTS) {
    const path = join(root, input);
    for (const file of input === 'src' ? filesUnder(path) : [path]) {
      const content = readFileSync(file);
      hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

/** @param {string} folder @returns {string[]} absolute paths, sorted */
function filesUnder(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
