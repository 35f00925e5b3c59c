import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** @typedef {Readonly<Record<string, string | undefined>>} Environment */
/** @typedef {'yt-dlp' | 'ffmpeg' | 'ffprobe'} Tool */

/** The programs that rowtrail starts.
 * @type {readonly Tool[]} */
export const TOOLS = ['yt-dlp', 'ffmpeg', 'ffprobe'];

/** Variables by which a person names a program of their own.
 * @type {Readonly<Partial<Record<Tool, string>>>} */
const GIVEN_BY = { 'yt-dlp': 'ROWTRAIL_YT_DLP', ffmpeg: 'ROWTRAIL_FFMPEG' };

/**
 * Where rowtrail keeps programs that it installed for this person.
 * @param {Environment} env
 */
export function toolFolder(env) {
  const data = env.XDG_DATA_HOME || join(env.HOME || homedir(), '.local', 'share');
  return join(data, 'rowtrail', 'bin');
}

/**
 * A program on PATH.
 * @param {string} name
 * @param {Environment} env
 * @returns {string | null} its path
 */
export function findOnPath(name, env) {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isProgram) ?? null;
}

/**
 * Where a tool is: the one the person names, the one rowtrail installed, or the one on PATH. Nothing is started.
 * @param {Tool} tool
 * @param {Environment} env
 * @returns {string | null} its path
 */
export function findTool(tool, env) {
  const given = env[GIVEN_BY[tool] ?? ''];
  if (given) return given;
  const own = join(toolFolder(env), tool);
  return isProgram(own) ? own : findOnPath(tool, env);
}

/**
 * The tools that are nowhere.
 * @param {Environment} env
 */
export function missingTools(env) {
  return TOOLS.filter((tool) => findTool(tool, env) === null);
}

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
