import { installPackages, machineFacts, packagesOf, planPackages } from './system-packages.js';
import { findTool, missingTools } from './tool-places.js';
import { installYtDlpRelease } from './yt-dlp-release.js';

export { installYtDlpRelease } from './yt-dlp-release.js';
export { installedReleases, releasesInUse, rollBack } from './yt-dlp-releases.js';
export { findTool, missingTools, toolFolder, TOOLS } from './tool-places.js';

/**
 * Brings the programs that rowtrail starts (yt-dlp, ffmpeg, ffprobe) and leaves alone what is there: yt-dlp as the
 * official release where the network reaches it, everything else from the system's packages, as root or with Homebrew.
 * @param {{ env?: NodeJS.ProcessEnv, say?: (line: string) => void }} [options] `say`: told each step, in one line
 * @returns {Promise<{ ok: true, advice: null } | { ok: false, advice: string }>} `advice`: one line for the person to
 *   paste, where we may not install
 * @throws {Error} the package manager failed
 */
export async function setUpTools({ env = process.env, say = () => {} } = {}) {
  if (missingTools(env).includes('yt-dlp')) await tryRelease(env, say);

  const missing = missingTools(env);
  if (missing.length === 0) return { ok: true, advice: null };
  const plan = planPackages({ packages: packagesOf(missing), ...machineFacts(env) });
  if (plan.run === null) return { ok: false, advice: plan.advice };
  await installPackages(plan.run, { env, say });

  const stillMissing = missingTools(env);
  if (stillMissing.length > 0)
    throw new Error(`${stillMissing.join(', ')} not on PATH after the installation`);
  if (missing.includes('yt-dlp')) {
    say(
      `yt-dlp is the system's package (${findTool('yt-dlp', env)}); YouTube itself may need the newest release`,
    );
  }
  return { ok: true, advice: null };
}

/** @param {NodeJS.ProcessEnv} env @param {(line: string) => void} say */
async function tryRelease(env, say) {
  say('yt-dlp: fetching the official release');
  try {
    const { path, version, file } = await installYtDlpRelease({ env });
    say(
      `yt-dlp ${version} (${file === null ? 'was here already' : `${file}, SHA-256 as published`}) is at ${path}`,
    );
  } catch (error) {
    say(
      `yt-dlp: no official release (${error instanceof Error ? error.message : error}); using the system's package`,
    );
  }
}
