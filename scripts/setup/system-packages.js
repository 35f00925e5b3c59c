import { readdirSync, statSync } from 'node:fs';
import { runCommand } from './run-command.js';
import { findOnPath } from './tool-places.js';

/** @typedef {import('./tool-places.js').Environment} Environment */
/** @typedef {import('./tool-places.js').Tool} Tool */

/**
 * What to do about missing programs: run commands, or ask the person to.
 * @typedef {{ run: readonly (readonly string[])[], advice: null } | { run: null, advice: string }} Plan
 */

const APT_LISTS = '/var/lib/apt/lists';
const APT_LISTS_FRESH_MS = 24 * 60 * 60 * 1000;

/** Another apt may be at work: wait for it so many seconds. */
const APT_GET = ['apt-get', '-q', '-y', '-o', 'DPkg::Lock::Timeout=120'];
const APT_UPDATE = [...APT_GET, 'update'];

/** How other systems' package managers are asked, for the line to paste. */
const OTHERS = /** @type {const} */ ([
  ['dnf', 'sudo dnf install'],
  ['zypper', 'sudo zypper install'],
  ['pacman', 'sudo pacman -S'],
  ['apk', 'sudo apk add'],
]);

/**
 * The packages that bring the tools (ffprobe comes with ffmpeg).
 * @param {readonly Tool[]} tools
 */
export function packagesOf(tools) {
  return [...new Set(tools.map((tool) => (tool === 'ffprobe' ? 'ffmpeg' : tool)))].toSorted();
}

/**
 * Decides how missing packages are to be installed.
 * @param {{ packages: readonly string[], has: (program: string) => boolean, platform: string, root: boolean, listsFresh: boolean }} facts
 *   `has`: whether a program is on PATH; `root`: whether we may install for the whole machine; `listsFresh`: whether
 *   apt's lists are there and recent
 * @returns {Plan}
 */
export function planPackages({ packages, has, platform, root, listsFresh }) {
  const names = packages.join(' ');
  if (platform === 'darwin') {
    if (has('brew')) return { run: [['brew', 'install', ...packages]], advice: null };
    return { run: null, advice: `install Homebrew (https://brew.sh), then: brew install ${names}` };
  }
  if (has('apt-get')) {
    if (!root) {
      const install = `sudo apt-get install -y --no-install-recommends ${names}`;
      return { run: null, advice: `sudo apt-get update && ${install}` };
    }
    const install = [...APT_GET, 'install', '--no-install-recommends', ...packages];
    return { run: listsFresh ? [install] : [APT_UPDATE, install], advice: null };
  }
  const other = OTHERS.find(([program]) => has(program));
  const advice = other
    ? `${other[1]} ${names}`
    : `install ${packages.join(' and ')} with your system's package manager`;
  return { run: null, advice };
}

/**
 * Carries out a plan. Stale lists name packages that are gone, so a failed apt is tried once more after an update.
 * @param {readonly (readonly string[])[]} commands
 * @param {{ env: NodeJS.ProcessEnv, say: (line: string) => void }} options
 * @throws {Error} a command failed; it holds the end of its output
 */
export async function installPackages(commands, { env, say }) {
  const quietEnv = { ...env, DEBIAN_FRONTEND: 'noninteractive', HOMEBREW_NO_AUTO_UPDATE: '1' };
  /** @param {readonly string[]} command */
  const run = (command) => {
    say(command.join(' '));
    return runCommand(command, { env: quietEnv });
  };
  let updated = false;
  for (const command of commands) {
    updated ||= command === APT_UPDATE;
    let outcome = await run(command);
    if (!outcome.ok && command[0] === 'apt-get' && !updated) {
      updated = true;
      await run(APT_UPDATE);
      outcome = await run(command);
    }
    // An update that reaches some of its servers is enough: whether it was shows in the next command.
    if (!outcome.ok && command !== APT_UPDATE)
      throw new Error(`${command.join(' ')} failed:\n${outcome.output}`);
  }
}

/**
 * The facts of this machine that planPackages decides on.
 * @param {Environment} env
 */
export function machineFacts(env) {
  return {
    has: (/** @type {string} */ program) => findOnPath(program, env) !== null,
    platform: process.platform,
    root: process.getuid?.() === 0,
    listsFresh: aptListsFresh(Date.now()),
  };
}

/** @param {number} now milliseconds */
function aptListsFresh(now) {
  try {
    if (!readdirSync(APT_LISTS).some((name) => name.includes('_Packages'))) return false;
    return now - statSync(APT_LISTS).mtimeMs < APT_LISTS_FRESH_MS;
  } catch {
    return false;
  }
}
