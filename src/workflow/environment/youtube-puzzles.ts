import { execFile } from 'node:child_process';
import { locateYtDlp } from '../../sources/index.ts';
import { type EnvironmentCheck, fine } from './check.ts';

/** A standalone yt-dlp unpacks itself first. */
const TIMEOUT_MS = 60_000;
const NAME = 'JavaScript for YouTube';
/** Since then YouTube sets them to everybody. */
const SET_SINCE = Date.parse('2025-11-12');
const SET_UP = 'rowtrail setup yt-dlp';

/**
 * Whether this yt-dlp can solve the puzzles in JavaScript that today's YouTube sets: it needs to know how to start a runtime, a Node that it
 * accepts, and its solver scripts. Null where there is no yt-dlp, which is said elsewhere, and
 * for a time before YouTube did that. Asks yt-dlp, and nobody else.
 */
export async function checkYoutubePuzzles(
  env: NodeJS.ProcessEnv,
  node: string,
  now: Date,
): Promise<EnvironmentCheck | null> {
  if (now.getTime() < SET_SINCE) return null;
  const tool = await locateYtDlp(env).catch(() => null);
  if (tool === null) return null;
  return judgePuzzles(tool.version, await headerOf(tool.path, node, env));
}

/** What yt-dlp says of itself before it notices that it has nothing to do. */
function headerOf(path: string, node: string, env: NodeJS.ProcessEnv): Promise<string> {
  const args = ['--ignore-config', '--no-update', '--verbose', '--js-runtimes', `node:${node}`];
  const small = { PATH: env['PATH'], HOME: env['HOME'], LANG: 'C.UTF-8' };
  return new Promise((resolve) => {
    // That it ends with an error is expected.
    execFile(path, args, { env: small, timeout: TIMEOUT_MS }, (_error, stdout, stderr) =>
      resolve(`${stdout}\n${stderr}`),
    );
  });
}

/** Reads yt-dlp's own words about itself. Pure. */
export function judgePuzzles(version: string, header: string): EnvironmentCheck {
  const lacking = (found: string, mend: string): EnvironmentCheck => ({
    name: NAME,
    status: 'warning',
    found,
    mend,
    cause: 'ytdlp_failed',
  });
  if (/no such option: --js-runtimes/.test(header)) {
    return lacking(
      `yt-dlp ${version} is too old to use a JavaScript runtime, so YouTube gives it few formats or none`,
      `Get the newest release: ${SET_UP}`,
    );
  }
  const runtimes = /^\[debug\] JS runtimes: (.*)$/m.exec(header)?.[1]?.trim();
  const libraries = /^\[debug\] Optional libraries: (.*)$/m.exec(header)?.[1] ?? '';
  const node = runtimes?.split(', ').find((name) => name.startsWith('node-'));
  if (runtimes === undefined)
    return fine(NAME, `could not be told: yt-dlp ${version} does not say which runtimes it has`);
  if (node === undefined || node.includes('unsupported')) {
    return lacking(
      `yt-dlp ${version} does not accept this Node (${runtimes})`,
      'Install Node 24 from nodejs.org and start rowtrail with it.',
    );
  }
  const solver = /\byt_dlp_ejs-[\w.]+(?: \(unsupported\))?/.exec(libraries)?.[0];
  if (solver === undefined || solver.includes('unsupported')) {
    return lacking(
      `yt-dlp ${version} lacks the solver scripts for YouTube that fit it (yt-dlp-ejs)`,
      `The official release has them: ${SET_UP} (or, where yt-dlp came by pip: pip install -U "yt-dlp[default]")`,
    );
  }
  return fine(NAME, `${node} with ${solver.replace('yt_dlp_ejs-', 'yt-dlp-ejs ')}`);
}
