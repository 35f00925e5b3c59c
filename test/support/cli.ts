import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../bin/rowtrail.js', import.meta.url));

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A command that starts what follows its own arguments, once it has made its world smaller. */
  readonly through?: readonly string[];
}

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built command line as a person would, with an environment that knows nothing of this machine's network. */
export function startCli(
  args: readonly string[],
  { cwd, env = {}, through = [] }: CliOptions,
): { child: ChildProcess; result: Promise<CliResult> } {
  const { PATH, HOME, TMPDIR, XDG_DATA_HOME } = process.env;
  const given = Object.entries({ PATH, HOME, TMPDIR, XDG_DATA_HOME, ...env }).filter(
    ([, value]) => value !== undefined,
  );
  const [program = process.execPath, ...rest] = [...through, process.execPath, LAUNCHER, ...args];
  const child = spawn(program, rest, {
    cwd,
    env: Object.fromEntries(given),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const result = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout,
    stderr,
  }));
  return { child, result };
}

export function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return startCli(args, options).result;
}
