import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from '../setup/run-command.js';

/** @typedef {{ version?: string, link?: boolean, optional?: boolean, devOptional?: boolean }} LockedPackage */

/**
 * Why `npm ci` is needed. npm's own record of what it installed says that it came to its end, but not the whole truth
 * (`npm install --package-lock-only` rewrites it, too), so each package is looked at.
 * @param {string} root folder of the repository
 * @returns {string | null} null when everything is installed as locked
 */
export function staleDependencies(root) {
  const locked = lockedPackages(join(root, 'package-lock.json'));
  const recorded = lockedPackages(join(root, 'node_modules', '.package-lock.json'));
  if (locked === null) throw new Error('package-lock.json is missing or cannot be read');
  if (recorded === null) return 'node_modules is missing';
  const added = Object.keys(recorded).some((path) => locked[path] === undefined);
  const missing = Object.entries(locked).some(([path, wanted]) => {
    const mayBeAbsent =
      recorded[path] === undefined && (wanted.optional === true || wanted.devOptional === true);
    return path !== '' && !mayBeAbsent && !isInstalled(join(root, path), wanted);
  });
  if (added || missing) return 'node_modules differs from package-lock.json';
  return existsSync(repositoryNode(root)) ? null : 'the repository has no Node yet';
}

/**
 * The Node that the repository brings.
 * @param {string} root folder of the repository
 */
export function repositoryNode(root) {
  return join(root, 'node_modules', 'node', 'bin', 'node');
}

/**
 * Installs the locked packages. A crash leaves no record of npm's, so the next set-up starts over.
 * @param {string} root folder of the repository
 * @throws {Error} npm failed
 */
export async function installDependencies(root) {
  // While npm runs, node_modules and the Node in it are gone: what it starts must find another one.
  const ownPrograms = join(root, 'node_modules', '.bin');
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ownPrograms);
  const env = { ...process.env, PATH: path.join(delimiter) };
  const { ok, output } = await runCommand(['npm', 'ci', '--include=dev', '--loglevel=error'], {
    cwd: root,
    env,
  });
  if (!ok) throw new Error(`npm ci failed:\n${output}`);
  if (!existsSync(repositoryNode(root)))
    throw new Error('npm ci did not bring Node: are install scripts switched off?');
}

/** @param {string} folder @param {LockedPackage} wanted */
function isInstalled(folder, { link, version }) {
  try {
    const installed = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return link === true || installed.version === version;
  } catch {
    return false;
  }
}

/** @param {string} file @returns {Record<string, LockedPackage> | null} */
function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}
