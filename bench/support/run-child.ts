import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** What a child measured: samples by name. */
export type Samples = Readonly<Record<string, readonly number[]>>;

/**
 * Runs a program that prints one line of JSON, samples by name, and waits for its end.
 * @param command the program and its arguments
 * @param env its environment (default: ours)
 * @throws Error with what it wrote to stderr when it fails
 */
export async function runChild(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Samples> {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (code !== 0) throw new Error(`${args.slice(-2).join(' ')} failed:\n${stderr}`);
  return JSON.parse(stdout) as Samples;
}
