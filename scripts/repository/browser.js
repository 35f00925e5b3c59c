import { existsSync } from 'node:fs';
import { installPackages, machineFacts, planPackages } from '../setup/system-packages.js';
import { findOnPath } from '../setup/tool-places.js';

/** What a Chromium is called, Debian's first. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ON_A_MAC = '/Applications/Chromium.app/Contents/MacOS/Chromium';

/** What a person without it is told. */
export const NO_BROWSER =
  "the tests of the dashboard's page need Chromium on PATH (Debian: apt-get install chromium), or its path in CHROMIUM";

/**
 * The Chromium that the page is tested in: the one the person names in CHROMIUM, or the one of this machine.
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {string | null} its path
 */
export function findBrowser(env) {
  if (env.CHROMIUM) return env.CHROMIUM;
  const found = NAMES.map((name) => findOnPath(name, env)).find((path) => path !== null);
  return found ?? (existsSync(ON_A_MAC) ? ON_A_MAC : null);
}

/**
 * Brings the Chromium that the page is tested in from the system's packages, and leaves alone what is there. Only tests
 * need it: who uses rowtrail has a browser of their own.
 * @param {{ env?: NodeJS.ProcessEnv, say?: (line: string) => void }} [options] `say`: told each step, in one line
 * @throws {Error} it is missing and cannot be installed; it holds what to run
 */
export async function setUpBrowser({ env = process.env, say = () => {} } = {}) {
  if (findBrowser(env) !== null) return;
  const facts = machineFacts(env);
  // Debian's brings no fonts by itself.
  const packages = facts.has('apt-get') ? ['chromium', 'fonts-liberation'] : ['chromium'];
  const plan = planPackages({ packages, ...facts });
  if (plan.run === null) throw new Error(`${NO_BROWSER}. Please run this, then try again:\n${plan.advice}`);
  await installPackages(plan.run, { env, say });
  if (findBrowser(env) === null) throw new Error(`chromium not found after the installation; ${NO_BROWSER}`);
}
