import { constants } from 'node:fs';
import { access, readFile, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { RowtrailError } from '../errors/index.ts';
import { locateFfmpeg, locateYtDlp, resolveNetwork } from '../sources/index.ts';
import { DEFAULTS, type WorkflowOptions } from './options.ts';

/** One thing that a run needs, as it was found. */
export interface EnvironmentCheck {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'problem';
  readonly found: string;
  /** What to do about it; null when it is as it should be. */
  readonly mend: string | null;
}

/** Free disk space below which a run is a risk, in bytes. */
const LEAST_FREE = 1_000_000_000;
/** A yt-dlp older than this many days often fails on real YouTube. */
const STALE_DAYS = 90;
const DAY_MS = 86_400_000;

/** Looks at everything a run needs on this machine; contacts nobody, changes nothing. */
export async function checkEnvironment(
  options: WorkflowOptions = {},
  env: NodeJS.ProcessEnv = process.env,
  now: Date = new Date(),
): Promise<EnvironmentCheck[]> {
  const folders = [options.youtubeDir ?? DEFAULTS.youtubeDir, options.driveDir ?? DEFAULTS.driveDir];
  return [
    { name: 'Node', status: 'ok', found: process.version, mend: null },
    await checkYtDlp(env, now),
    await checkFfmpeg(env),
    ...(await Promise.all(folders.map(checkFolder))),
    await checkDisk(folders[0] ?? '.'),
    ...(await checkNetwork(options, env)),
  ];
}

async function checkYtDlp(env: NodeJS.ProcessEnv, now: Date): Promise<EnvironmentCheck> {
  const name = 'yt-dlp';
  try {
    const { path, version } = await locateYtDlp(env);
    const released = Date.parse(version.slice(0, 10).replaceAll('.', '-'));
    const days = Math.floor((now.getTime() - released) / DAY_MS);
    const found = `${version} at ${path}`;
    if (Number.isNaN(days) || days <= STALE_DAYS) return { name, status: 'ok', found, mend: null };
    return {
      name,
      status: 'warning',
      found: `${found}, ${days} days old`,
      mend: 'YouTube changes often and an old yt-dlp fails there: get the newest release from github.com/yt-dlp/yt-dlp.',
    };
  } catch (error) {
    return problem(name, error, installHint('yt-dlp'));
  }
}

async function checkFfmpeg(env: NodeJS.ProcessEnv): Promise<EnvironmentCheck> {
  const name = 'ffmpeg';
  try {
    const { path, version } = await locateFfmpeg(env);
    return { name, status: 'ok', found: `${version} at ${path}`, mend: null };
  } catch (error) {
    return problem(name, error, installHint('ffmpeg'));
  }
}

/** One line to paste, for the system at hand. */
export function installHint(tool: 'yt-dlp' | 'ffmpeg', platform: NodeJS.Platform = process.platform): string {
  if (platform === 'darwin') return `brew install ${tool}`;
  if (platform === 'linux') return `sudo apt-get update && sudo apt-get install -y ${tool}`;
  return `install ${tool} and put its folder on PATH`;
}

async function checkFolder(folder: string): Promise<EnvironmentCheck> {
  const name = `folder ${folder}`;
  const place = resolve(folder);
  try {
    const there = await stat(place).catch(() => null);
    if (there !== null && !there.isDirectory())
      throw new RowtrailError('access_denied', 'it is not a folder');
    await access(there === null ? await nearestFolder(place) : place, constants.W_OK);
    return { name, status: 'ok', found: there === null ? 'will be made' : 'writable', mend: null };
  } catch (error) {
    return problem(
      name,
      error,
      `Make ${place} writable, or choose another folder with --youtube-dir and --drive-dir.`,
    );
  }
}

async function checkDisk(folder: string): Promise<EnvironmentCheck> {
  const name = 'disk space';
  try {
    const { bavail, bsize } = await statfs(await nearestFolder(resolve(folder)));
    const free = bavail * bsize;
    const found = `${(free / 1e9).toFixed(1)} GB free`;
    if (free >= LEAST_FREE) return { name, status: 'ok', found, mend: null };
    return { name, status: 'problem', found, mend: 'Free at least 1 GB, or choose folders on another disk.' };
  } catch (error) {
    return problem(name, error, 'Check the disk.');
  }
}

async function checkNetwork(options: WorkflowOptions, env: NodeJS.ProcessEnv): Promise<EnvironmentCheck[]> {
  const { proxy, caCertFile } = resolveNetwork({ proxy: options.proxy, caCert: options.caCert }, env);
  const checks: EnvironmentCheck[] = [
    { name: 'proxy', status: 'ok', found: proxy === null ? 'none' : withoutPassword(proxy), mend: null },
  ];
  if (caCertFile === null) return checks;
  const name = 'extra certificates';
  try {
    const pem = await readFile(caCertFile, 'utf8');
    if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new Error('it holds no PEM certificate');
    return [...checks, { name, status: 'ok', found: caCertFile, mend: null }];
  } catch (error) {
    return [...checks, problem(name, error, `Give a PEM file with --ca-cert; ${caCertFile} cannot be used.`)];
  }
}

function withoutPassword(proxy: string): string {
  const url = URL.parse(proxy);
  if (url === null) return proxy;
  url.password = '';
  return url.href;
}

/** The folder itself, or the nearest one above that exists. */
async function nearestFolder(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found?.isDirectory() || at === dirname(at)) return at;
  }
}

function problem(name: string, error: unknown, mend: string): EnvironmentCheck {
  return { name, status: 'problem', found: error instanceof Error ? error.message : String(error), mend };
}
