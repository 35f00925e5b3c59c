import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installPackages, machineFacts, planPackages } from '../setup/system-packages.js';
import { findOnPath } from '../setup/tool-places.js';

/** Where Debian's packages put the programs of each version. */
const DEBIAN = '/usr/lib/postgresql';
/** Debian's settings for the database that its package makes and starts. */
const CREATE_CLUSTER = '/etc/postgresql-common/createcluster.conf';

/** What a person without it is told. */
export const NO_POSTGRES =
  'the tests of the store need PostgreSQL, its initdb on PATH or in /usr/lib/postgresql (Debian: apt-get install postgresql)';

/**
 * The folder of this machine's PostgreSQL programs: of the `initdb` on PATH, else of the newest one that Debian's packages brought.
 * @param {Readonly<Record<string, string | undefined>>} env
 * @param {string} [packages] where Debian's packages put them
 * @returns {string | null}
 */
export function findPostgres(env, packages = DEBIAN) {
  const onPath = findOnPath('initdb', env);
  // A script of Debian or of a person may call the program by its real path; the others stand beside that one.
  if (onPath !== null && existsSync(join(dirname(onPath), 'postgres'))) return dirname(onPath);
  const versions = existsSync(packages) ? readdirSync(packages) : [];
  const newest = versions.toSorted((a, b) => Number(b) - Number(a));
  const found = newest.map((version) => join(packages, version, 'bin'));
  return found.find((folder) => existsSync(join(folder, 'initdb'))) ?? null;
}

/**
 * Brings PostgreSQL's programs from the system's packages, and leaves alone what is there. Only tests need them. Debian's package would
 * make a database and start it; it is told not to.
 * @param {{ env?: NodeJS.ProcessEnv, packages?: string, say?: (line: string) => void }} [options] `say`: told each step, in one line
 * @throws {Error} they are missing and cannot be installed; it holds what to run
 */
export async function setUpPostgres({ env = process.env, packages = DEBIAN, say = () => {} } = {}) {
  if (findPostgres(env, packages) !== null) return;
  const facts = machineFacts(env);
  const isDebian = facts.has('apt-get');
  const plan = planPackages({ packages: ['postgresql'], ...facts });
  if (plan.run === null) throw new Error(`${NO_POSTGRES}. Please run this, then try again:\n${plan.advice}`);
  if (isDebian) {
    const first = planPackages({ packages: ['postgresql-common'], ...facts });
    if (first.run !== null) await installPackages(first.run, { env, say });
    if (existsSync(CREATE_CLUSTER)) makeNoCluster();
  }
  await installPackages(plan.run, { env, say });
  if (findPostgres(env, packages) === null)
    throw new Error(`initdb not found after the installation; ${NO_POSTGRES}`);
}

function makeNoCluster() {
  const settings = readFileSync(CREATE_CLUSTER, 'utf8');
  const rest = settings.replaceAll(/^#?\s*create_main_cluster\s*=.*$/gm, '');
  writeFileSync(CREATE_CLUSTER, `${rest.trimEnd()}\ncreate_main_cluster = false\n`);
}
