import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What is kept of a program's output, to show when it fails. */
const KEPT_CHARACTERS = 8000;

/**
 * Runs a program to its end without a shell and without input.
 * @param {readonly string[]} command program and arguments
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, timeoutMs?: number }} [options] `timeoutMs`: it is killed after that
 * @returns {Promise<{ ok: boolean, output: string }>} `output`: the end of what it printed, or why it did not start
 */
export async function runCommand([program = '', ...args], { env = process.env, cwd, timeoutMs } = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env, cwd });
  // spawn's own `timeout` would hold the process for a program that does not exist.
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => child.kill(), timeoutMs);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (/** @type {string} */ text) => {
      output = (output + text).slice(-KEPT_CHARACTERS);
    });
  }
  try {
    const [code] = await once(child, 'close');
    return { ok: code === 0, output: output.trim() };
  } catch (error) {
    return { ok: false, output: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
