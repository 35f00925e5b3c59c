import { spawn } from 'node:child_process';

/** What is kept of a program's output, to show when it fails. */
const KEPT_CHARACTERS = 8000;

/**
 * Runs a program to its end without a shell and without input.
 * @param {readonly string[]} command program and arguments
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, timeoutMs?: number }} [options] `timeoutMs`: it is killed after that
 * @returns {Promise<{ ok: boolean, output: string }>} `output`: the end of what it printed, or why it did not start
 */
export function runCommand([program = '', ...args], { env = process.env, cwd, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env, cwd, timeout: timeoutMs });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (/** @type {string} */ text) => {
        output = (output + text).slice(-KEPT_CHARACTERS);
      });
    }
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, output: output.trim() }));
  });
}
