import { randomUUID } from 'node:crypto';
import { link, lstat, mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { runCommand } from './run-command.js';
import { toolFolder } from './tool-places.js';

/** @typedef {import('./tool-places.js').Environment} Environment */

/** What a release calls itself. */
export const RELEASE_NAME = /^\d{4}\.\d{2}\.\d{2}(\.\d+)?$/;

/** The link to the release that was in use before. */
const PREVIOUS = 'previous';

/**
 * Where releases stand side by side, each in a folder of its name.
 * @param {Environment} env
 */
export function releasesFolder(env) {
  return join(dirname(toolFolder(env)), 'yt-dlp');
}

/**
 * The program of a release, whether it is there or not.
 * @param {string} version
 * @param {Environment} env
 */
export function releaseProgram(version, env) {
  return join(releasesFolder(env), version, 'yt-dlp');
}

/**
 * The releases that are here, the newest last.
 * @param {Environment} env
 * @returns {Promise<string[]>}
 */
export async function installedReleases(env) {
  const names = await readdir(releasesFolder(env)).catch(() => []);
  return names.filter((name) => RELEASE_NAME.test(name)).toSorted(byAge);
}

/**
 * The release that is in use, and the one that was before; null where there is none.
 * @param {Environment} env
 */
export async function releasesInUse(env) {
  return {
    current: await releaseBehind(join(toolFolder(env), 'yt-dlp')),
    previous: await releaseBehind(join(releasesFolder(env), PREVIOUS)),
  };
}

/**
 * Switches to a release that is here, in one step: whoever starts yt-dlp meanwhile gets the old one or the new one. Transfers
 * that are under way keep the one that they began with.
 * @param {string} version
 * @param {Environment} env
 */
export async function useRelease(version, env) {
  const tool = join(toolFolder(env), 'yt-dlp');
  await mkdir(toolFolder(env), { recursive: true });
  await keepForeign(tool, env);
  const { current } = await releasesInUse(env);
  if (current === version) return;
  if (current !== null) await pointTo(releaseProgram(current, env), join(releasesFolder(env), PREVIOUS));
  await pointTo(releaseProgram(version, env), tool);
}

/**
 * Goes back to the release that was in use before; called once more, it comes forward again.
 * @param {Environment} env
 * @returns {Promise<string>} the release that is in use now
 * @throws {Error} there is none to go back to
 */
export async function rollBack(env) {
  const { previous } = await releasesInUse(env);
  const isHere = previous !== null && (await installedReleases(env)).includes(previous);
  if (!isHere) throw new Error('there is no earlier yt-dlp to go back to');
  await useRelease(previous, env);
  return previous;
}

/**
 * A program that an earlier set-up put there itself becomes a release like the others, so that one can go back to it.
 * @param {string} tool
 * @param {Environment} env
 */
async function keepForeign(tool, env) {
  const facts = await lstat(tool).catch(() => null);
  if (facts === null || !facts.isFile()) return;
  const { ok, output } = await runCommand([tool, '--version'], { env, timeoutMs: 60_000 });
  if (!ok || !RELEASE_NAME.test(output)) return;
  await mkdir(join(releasesFolder(env), output), { recursive: true });
  await link(tool, releaseProgram(output, env)).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await pointTo(releaseProgram(output, env), tool);
}

/**
 * @param {string} target
 * @param {string} place a link, or nothing, or a file that is replaced
 */
async function pointTo(target, place) {
  const fresh = join(dirname(place), `.yt-dlp-${randomUUID()}.part`);
  try {
    await symlink(relative(dirname(place), target), fresh);
    await rename(fresh, place);
  } finally {
    await rm(fresh, { force: true });
  }
}

/**
 * The release that a link leads to.
 * @param {string} place
 * @returns {Promise<string | null>}
 */
async function releaseBehind(place) {
  const target = await readlink(place).catch(() => null);
  const version = target?.split('/').at(-2) ?? '';
  return RELEASE_NAME.test(version) ? version : null;
}

/** @param {string} a @param {string} b */
function byAge(a, b) {
  return a < b ? -1 : 1;
}
