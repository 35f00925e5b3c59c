import { spawn } from 'node:child_process';
import { DeliveryError } from './delivery-error.ts';

export interface CommandLimits {
  readonly signal?: AbortSignal;
  /** Milliseconds. */
  readonly commandTimeout?: number;
}

const COMMAND_TIMEOUT_MS = 30_000;
/** Between SIGTERM and SIGKILL. */
const GRACE_MS = 1000;
/** Of what the program says about its failure. */
const MAX_STDERR = 200;
/** All that a program gets of our environment. */
const PASSED_ON = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'SystemRoot'];

/**
 * Runs a program without a shell, as the leader of a process group of its own, and gives it a text on stdin. When this settles,
 * nothing that it started runs any more.
 * @param argv program and arguments
 * @throws DeliveryError when it cannot be started, ends with another code than 0, or takes too long
 */
export async function runCommand(
  argv: readonly string[],
  input: string,
  { signal, commandTimeout = COMMAND_TIMEOUT_MS }: CommandLimits,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const [program, ...args] = argv;
  if (program === undefined || program === '') throw new DeliveryError('the command is empty', 0);
  signal?.throwIfAborted();
  const passedOn = PASSED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]));
  const child = spawn(program, args, {
    env: Object.fromEntries(passedOn) as NodeJS.ProcessEnv,
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR);
  });
  // A program that does not read its stdin is none of our business.
  child.stdin.on('error', () => {}).end(input);
  let stopped: string | null = null;
  let hardEnd: NodeJS.Timeout | undefined;
  const stop = (why: string) => {
    if (stopped !== null) return;
    stopped = why;
    signalGroup(child.pid, 'SIGTERM');
    hardEnd = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS);
  };
  const onAbort = () => stop('it was interrupted');
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => stop(`it took longer than ${commandTimeout / 1000} s`), commandTimeout);
  try {
    const end = await new Promise<string | null>((resolve) => {
      child.once('error', (error) => resolve(`it could not be started: ${error.message}`));
      child.once('exit', (code, by) => resolve(code === 0 ? null : `it ended with ${by ?? `code ${code}`}`));
    });
    if (stopped ?? end)
      throw new DeliveryError(`the command failed: ${[stopped ?? end, stderr.trim()].join(' ').trim()}`, 1);
  } finally {
    clearTimeout(timer);
    clearTimeout(hardEnd);
    signal?.removeEventListener('abort', onAbort);
    // What it left behind would hold the pipes open, and us with them.
    signalGroup(child.pid, 'SIGKILL');
    child.stderr.destroy();
    child.stdin.destroy();
  }
}

function signalGroup(group: number | undefined, signal: NodeJS.Signals): void {
  // 0 and 1 would mean our own group and every process there is.
  if (group === undefined || group <= 1) return;
  try {
    process.kill(-group, signal);
  } catch {
    // None of it is left.
  }
}
