// Handing over from a Node that is too old to the one that the `node` package brings. See rowtrail.js for the syntax.
import { spawn } from 'child_process';
import { existsSync, readFileSync, statSync } from 'fs';
import * as module from 'module';
import { constants } from 'os';
import { dirname, join } from 'path';

/** The oldest Node that rowtrail runs on; `engines` in package.json says the same. */
export const LEAST_NODE = '22.19';

/**
 * What Node is started with. V8 has four threads that collect garbage beside the one that works. On a machine of two cores those
 * keep it waiting for up to 16 ms, and its heap is small enough for one of them (measured: bench/README.md, "Threads").
 */
export const NODE_FLAGS = ['--v8-pool-size=1'];

/**
 * What stands in its environment, unless that says otherwise. glibc gives each thread memory of its own to allocate from, and gives little
 * of it back; with two such arenas in place of eight for each core a run takes 9 MB less and no longer (measured: bench/README.md, "Memory").
 */
export const NODE_ENVIRONMENT = { MALLOC_ARENA_MAX: '2' };

/** Names the launcher's process to the child; the child removes it from its environment at once. */
const LAUNCHER_VARIABLE = 'ROWTRAIL_LAUNCHER_PID';

/** @type {NodeJS.Signals[]} */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Whether rowtrail runs on this Node.
 * @param {string} version with or without the leading `v`
 */
export function isNewEnough(version) {
  return comparable(version.replace(/^v/, '')) >= comparable(LEAST_NODE);
}

/** @param {string} version */
function comparable(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major * 1000 + minor;
}

/**
 * The Node of the nearest `node` package that is new enough, looked for as Node looks for packages: in every
 * `node_modules` from the file's folder upwards.
 * @param {string} fromFile absolute path
 * @returns {string | null} path of the executable
 */
export function findNode(fromFile) {
  for (let folder = dirname(fromFile); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', 'node');
    const program = join(candidate, 'bin', 'node');
    if (existsSync(program) && isNewEnough(versionOf(candidate))) return program;
    if (folder === dirname(folder)) return null;
  }
}

/** @param {string} folder of a package */
function versionOf(folder) {
  try {
    return String(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version);
  } catch {
    return '0.0.0';
  }
}

/**
 * Bytes of a CSV up to which its rows fit into so small a heap that the flags bring nothing; to start Node a second time for them takes as long
 * as its first start (measured: bench/README.md, "Start").
 */
const SMALL_CSV = 256 * 1024;

/** What is answered at once, without any CSV. */
const AT_ONCE = ['--version', '--help', '-h', 'help', 'completion'];

/**
 * Whether a command is over before the flags would have brought what they cost: it says something of itself, or is about a small CSV.
 * @param {string[]} args of the command line
 */
function isShort(args) {
  if (args.length === 0 || args.some((arg) => AT_ONCE.includes(arg))) return true;
  const tables = args.filter((arg) => /\.csv$/i.test(arg));
  return tables.length > 0 && tables.every(isSmall);
}

/** @param {string} path */
function isSmall(path) {
  try {
    return statSync(path).size <= SMALL_CSV;
  } catch {
    // What is not there is soon said.
    return true;
  }
}

/**
 * Puts the same program on the same Node, with NODE_FLAGS and NODE_ENVIRONMENT, in this process's place: it keeps its id, input, output and terminal. Does
 * nothing where it has them already, where somebody says otherwise, where the system cannot (Windows), where a
 * channel ties this process to another (that would not come with it), and where the command is too short for them.
 * @param {NodeJS.Process} self
 */
export function takeFlags(self) {
  if (isShort(self.argv.slice(2))) return;
  const said = self.execArgv
    .concat(self.env.NODE_OPTIONS === undefined ? '' : self.env.NODE_OPTIONS)
    .join(' ');
  if (said.includes('--v8-pool-size') || self.channel || typeof self.execve !== 'function') return;
  try {
    self.execve(self.execPath, [self.execPath, ...self.execArgv, ...NODE_FLAGS, ...self.argv.slice(1)], {
      ...NODE_ENVIRONMENT,
      ...self.env,
    });
  } catch {
    // Not allowed here: it goes on as it is.
  }
}

/**
 * Has Node keep what V8 makes of our program beside it, from the first start on: the next ones take 30 ms less. Who builds or removes the
 * program removes that with it; where nothing can be written there (another user's installation), each start does it anew. Nodes that are too
 * old for us have no such thing.
 * @param {string} folder for it alone
 */
export function keepCompiled(folder) {
  module.enableCompileCache(folder);
}

/**
 * Ends the process: all is said and done, and to take down threads and heap one by one is 30 ms for nothing. What the system has not taken of the
 * output yet (a pipe on Windows) is waited for.
 * @param {NodeJS.Process} self
 * @param {number} exitCode
 */
export function end(self, exitCode) {
  self.exitCode = exitCode;
  // A write that failed says so first, and has another code.
  setImmediate(() => {
    if (self.stdout.writableLength === 0 && self.stderr.writableLength === 0) self.exit();
  });
}

/**
 * Runs a program in this process's place: same input, output and terminal; signals sent to this process reach it, and
 * this process ends as it ends, by exit code or by signal. The channel between the two is how the child notices that
 * this process was killed (see tieToLauncher).
 * @param {string} node path of the executable
 * @param {string[]} args script and arguments
 */
export function handOver(node, args) {
  const child = spawn(node, [...NODE_FLAGS, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...NODE_ENVIRONMENT, ...process.env, [LAUNCHER_VARIABLE]: String(process.pid) },
  });
  // A terminal sends Ctrl-C and its hang-up to the child as well: forwarded, they would arrive twice.
  const onTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  for (const signal of FORWARDED) {
    process.on(signal, () => {
      if (!onTerminal || signal === 'SIGTERM') child.kill(signal);
    });
  }
  child.on('error', (error) => {
    console.error(`rowtrail: the newer Node at ${node} does not start: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code === null ? 1 : code;
      return;
    }
    process.removeAllListeners(signal);
    // In case the signal does not end this process: the shell's number for it.
    process.exitCode = 128 + constants.signals[signal];
    process.kill(process.pid, signal);
  });
}

/**
 * In a process that a launcher started: from here on it dies at once when the launcher does, even by kill -9. It does
 * nothing elsewhere, and the channel never keeps the process alive.
 * @param {NodeJS.Process} self
 */
export function tieToLauncher(self) {
  const launcher = Number(self.env[LAUNCHER_VARIABLE]);
  delete self.env[LAUNCHER_VARIABLE];
  if (!launcher || !self.channel) return;
  const die = () => self.kill(self.pid, 'SIGKILL');
  self.on('disconnect', die);
  self.channel.unref();
  if (self.ppid !== launcher || !self.connected) die();
}
