import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { locateFfmpeg, locateYtDlp } from '../../sources/index.ts';
import { type EnvironmentCheck, fine, problem } from './check.ts';

/** A yt-dlp older than this many days often fails on real YouTube. */
const STALE_DAYS = 90;
const DAY_MS = 86_400_000;
/** The oldest Node that rowtrail runs on. */
const LEAST_NODE = [22, 19] as const;

/** This Node; newer releases of yt-dlp also solve YouTube's puzzles with it, so it has to be there as a program. */
export async function checkNode(version: string, program: string): Promise<EnvironmentCheck> {
  const name = 'Node';
  const mend = 'Install Node 24 from nodejs.org: rowtrail runs on it, and yt-dlp needs it for YouTube.';
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major < leastMajor || (major === leastMajor && minor < leastMinor))
    return { name, status: 'problem', found: version, mend, cause: 'unknown' };
  try {
    await access(program, constants.X_OK);
    return fine(name, version);
  } catch {
    return problem(name, `${version}, but there is no program at ${program} any more`, mend, 'unknown');
  }
}

/** Whether yt-dlp is there, runs and is no older than YouTube forgives. */
export async function checkYtDlp(env: NodeJS.ProcessEnv, now: Date): Promise<EnvironmentCheck> {
  const name = 'yt-dlp';
  try {
    const { path, version } = await locateYtDlp(env);
    const released = Date.parse(version.slice(0, 10).replaceAll('.', '-'));
    const days = Math.floor((now.getTime() - released) / DAY_MS);
    const found = `${version} at ${path}`;
    if (Number.isNaN(days) || days <= STALE_DAYS) return fine(name, found);
    return {
      name,
      status: 'warning',
      found: `${found}, ${days} days old`,
      mend: 'YouTube changes often and an old yt-dlp fails there: get the newest release: rowtrail setup yt-dlp',
      cause: 'ytdlp_failed',
    };
  } catch (error) {
    return problem(name, error, installHint('yt-dlp'), 'ytdlp_missing');
  }
}

/** Whether ffmpeg and ffprobe are there and run. */
export async function checkFfmpeg(env: NodeJS.ProcessEnv): Promise<EnvironmentCheck> {
  const name = 'ffmpeg';
  try {
    const { path, version } = await locateFfmpeg(env);
    return fine(name, `${version} at ${path}`);
  } catch (error) {
    return problem(name, error, installHint('ffmpeg'), 'ffmpeg_missing');
  }
}

/** One line to paste, for the system at hand. */
export function installHint(tool: 'yt-dlp' | 'ffmpeg', platform: NodeJS.Platform = process.platform): string {
  if (platform === 'darwin') return `brew install ${tool}`;
  if (platform === 'linux') return `sudo apt-get update && sudo apt-get install -y ${tool}`;
  return `install ${tool} and put its folder on PATH`;
}
