import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Cause, RowtrailError } from '../../errors/index.ts';
import { isProgram } from './is-program.ts';

/** A program that answered when asked for its version. */
export interface Tool {
  readonly path: string;
  readonly version: string;
}

/** The parts of ffmpeg that are used. */
export interface Ffmpeg extends Tool {
  readonly ffprobe: string;
}

/** A cold start of a standalone yt-dlp, which unpacks itself, takes seconds. */
const VERSION_TIMEOUT_MS = 60_000;

/** Answers by path and time of change: a program that was updated meanwhile is asked again. */
const versions = new Map<string, Promise<string>>();

/**
 * Finds yt-dlp: the given path, else `ROWTRAIL_YT_DLP`, else the one that `rowtrail setup` installed, else PATH.
 * @throws RowtrailError (ytdlp_missing) when there is none, or it does not run
 */
export async function locateYtDlp(env: NodeJS.ProcessEnv = process.env, given?: string): Promise<Tool> {
  const path = await find('yt-dlp', 'ytdlp_missing', env, given || env['ROWTRAIL_YT_DLP'], [
    installedYtDlp(env),
  ]);
  const version = (await ask(path, '--version', 'ytdlp_missing', env)).trim();
  if (!/^\d{4}\.\d{1,2}\.\d{1,2}/.test(version)) {
    throw new RowtrailError(
      'ytdlp_missing',
      `${path} is not yt-dlp: it calls itself version "${version.slice(0, 40)}".`,
    );
  }
  return { path, version };
}

/**
 * Finds ffmpeg, and the ffprobe beside it or on PATH: the given path, else `ROWTRAIL_FFMPEG`, else PATH.
 * @throws RowtrailError (ffmpeg_missing) when one of them is missing, or does not run
 */
export async function locateFfmpeg(env: NodeJS.ProcessEnv = process.env, given?: string): Promise<Ffmpeg> {
  const path = await find('ffmpeg', 'ffmpeg_missing', env, given || env['ROWTRAIL_FFMPEG'], []);
  const ffprobe = await find('ffprobe', 'ffmpeg_missing', env, undefined, [join(dirname(path), 'ffprobe')]);
  const version = /^ffmpeg version (\S+)/.exec(await ask(path, '-version', 'ffmpeg_missing', env))?.[1];
  if (version === undefined) throw new RowtrailError('ffmpeg_missing', `${path} is not ffmpeg.`);
  return { path, version, ffprobe };
}

/** Where `rowtrail setup` puts yt-dlp. */
export function installedYtDlp(env: NodeJS.ProcessEnv): string {
  const data = env['XDG_DATA_HOME'] || join(env['HOME'] || homedir(), '.local', 'share');
  return join(data, 'rowtrail', 'bin', 'yt-dlp');
}

async function find(
  name: string,
  cause: Cause,
  env: NodeJS.ProcessEnv,
  given: string | undefined,
  before: readonly string[],
): Promise<string> {
  if (given !== undefined && given !== '') {
    const path = resolve(given);
    if (await isProgram(path)) return path;
    throw new RowtrailError(cause, `There is no program at ${path}.`);
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const path of [...before, ...folders.map((folder) => resolve(folder, name))]) {
    if (await isProgram(path)) return path;
  }
  throw new RowtrailError(cause, `${name} is not installed.`);
}

async function ask(path: string, flag: string, cause: Cause, env: NodeJS.ProcessEnv): Promise<string> {
  const key = `${path}\n${(await stat(path)).mtimeMs}`;
  const known = versions.get(key) ?? run(path, flag, env);
  versions.set(key, known);
  try {
    return await known;
  } catch (error) {
    versions.delete(key);
    throw new RowtrailError(cause, `${path} does not run.`, { error });
  }
}

async function run(path: string, flag: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await promisify(execFile)(path, [flag], {
    timeout: VERSION_TIMEOUT_MS,
    env: { PATH: env['PATH'], HOME: env['HOME'], LANG: 'C.UTF-8' },
  });
  return stdout;
}
