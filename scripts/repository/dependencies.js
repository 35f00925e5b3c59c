import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from '../setup/run-command.js';

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} LockedPackage */

/**
 * Why `npm ci` is needed: npm's own record of what it installed, written when it was done, is compared with the lockfile.
 * @param {string} root folder of the repository
 * @returns {string | null} null when everything is installed as locked
 */
export function staleDependencies(root) {
  const locked = lockedPackages(join(root, 'package-lock.json'));
  const installed = lockedPackages(join(root, 'node_modules', '.package-lock.json'));
  if (locked === null) throw new Error('package-lock.json is missing or cannot be read');
  if (installed === null) return 'node_modules is missing';
  const added = Object.keys(installed).some((path) => locked[path] === undefined);
  const differs = Object.entries(locked).some(
    ([path, wanted]) => !isInstalled(path, wanted, installed[path]),
  );
  if (added || differs) return 'node_modules differs from package-lock.json';
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

/** @param {string} path @param {LockedPackage} wanted @param {LockedPackage | undefined} installed */
function isInstalled(path, wanted, installed) {
  if (path === '') return true; // the repository itself
  if (installed === undefined) return wanted.optional === true || wanted.devOptional === true;
  return installed.version === wanted.version && installed.integrity === wanted.integrity;
}

/** @param {string} file @returns {Record<string, LockedPackage> | null} */
function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}
