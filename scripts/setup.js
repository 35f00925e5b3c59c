// Runs before `npm start` and `npm test`: brings what a machine with only git, Node and npm lacks, and says each step
// in one line on stderr. With nothing missing it takes a fraction of a second. `--tests` brings what only tests need, too.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser, setUpBrowser } from './repository/browser.js';
import { build, staleBuild } from './repository/build.js';
import { installDependencies, staleDependencies } from './repository/dependencies.js';
import { withLock } from './repository/lock.js';
import { findPostgres, setUpPostgres } from './repository/postgres.js';
import { missingTools, setUpTools } from './setup/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const began = Date.now();
const forTests = process.argv.includes('--tests');

/** @param {string} line */
const say = (line) => console.error(`setup: ${line}`);

function isReady() {
  const repositoryReady = staleDependencies(root) === null && staleBuild(root) === null;
  const testsReady = !forTests || (findBrowser(process.env) !== null && findPostgres(process.env) !== null);
  return repositoryReady && testsReady && missingTools(process.env).length === 0;
}

async function repository() {
  const dependencies = staleDependencies(root);
  if (dependencies !== null) {
    say(`npm ci (${dependencies})`);
    await installDependencies(root);
  }
  const sources = staleBuild(root);
  if (sources !== null) {
    say(`build (${sources})`);
    await build(root);
  }
}

async function tools() {
  const { ok, advice } = await setUpTools({ say });
  if (!ok)
    throw new Error(
      `missing: ${missingTools(process.env).join(', ')}. Please run this, then try again:\n${advice}`,
    );
}

async function systemPrograms() {
  await tools();
  // After the others: apt does one thing at a time.
  if (!forTests) return;
  await setUpBrowser({ say });
  await setUpPostgres({ say });
}

async function setUp() {
  // The network and the compiler are busy at different times.
  const outcomes = await Promise.allSettled([repository(), systemPrograms()]);
  const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
  for (const { reason } of failures) say(reason instanceof Error ? reason.message : String(reason));
  if (failures.length > 0) process.exitCode = 1;
  else say(`ready (${((Date.now() - began) / 1000).toFixed(1)} s)`);
}

if (isReady()) say('nothing is missing');
else
  await withLock(join(root, 'build', 'setup.lock'), setUp, {
    onWait: (pid) => say(`process ${pid} is at it; waiting`),
  });
