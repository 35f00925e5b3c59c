// Starts a PostgreSQL of its own and ends it, with its data, when the pipe from whoever wanted it ends: also after Ctrl-C and kill -9.
// Reads lines on stdin: `stop` (as a crash: nothing is written down first), `start`. Prints `ready PORT` each time it answers.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** PostgreSQL does not start as root; Linux has this user for what may do nothing. */
const NOBODY = 65_534;

const [programs = '', ...settings] = process.argv.slice(2);
const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
const folder = mkdtempSync(join(tmpdir(), 'rowtrail-postgres-'));
if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
const data = join(folder, 'data');
const port = await freePort();
/** @type {import('node:child_process').ChildProcess | null} */
let server = null;

// The whole process group hears Ctrl-C: the server is to end after its clients, with the pipe.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' ? address?.port : 0));
    });
  });
}

function initialise() {
  const made = spawnSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'rowtrail', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { encoding: 'utf8', cwd: folder, ...user },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || made.error?.message}`);
}

function start() {
  const options = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', ''];
  server = spawn(join(programs, 'postgres'), [...options, ...settings.flatMap((each) => ['-c', each])], {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: folder,
    detached: true,
    ...user,
  });
  if (server.stderr === null) return;
  createInterface({ input: server.stderr }).on('line', (line) => {
    if (line.includes('ready to accept connections')) process.stdout.write(`ready ${port}\n`);
    else if (line.includes('PANIC')) process.stderr.write(`${line}\n`);
  });
}

/** At once, as when it crashes. */
async function stop() {
  const ending = server;
  server = null;
  if (ending === null || ending.exitCode !== null) return;
  const ended = new Promise((resolve) => ending.once('exit', resolve));
  ending.kill('SIGQUIT');
  await ended;
  process.stdout.write(`stopped\n`);
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  if (line === 'start') start();
  else void stop();
});
lines.on('close', async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
try {
  initialise();
  start();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  rmSync(folder, { recursive: true, force: true });
  process.exit(1);
}
