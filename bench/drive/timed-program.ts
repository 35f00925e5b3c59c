import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** What a program took, its children included. */
export interface Took {
  readonly wallSeconds: number;
  /** Null where GNU time is not installed. */
  readonly cpuSeconds: number | null;
  readonly peakMegabytes: number | null;
}

const GNU_TIME = '/usr/bin/time';

/** Whether processor time and memory of a program can be told. */
export const canTime = spawnSync(GNU_TIME, ['-f', '%M', 'true'], { stdio: 'ignore' }).status === 0;

export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** Runs a program to its end. @throws Error with its last words when it fails */
export async function timedProgram(command: readonly string[], cwd: string): Promise<Took> {
  const [program = '', ...args] = canTime ? [GNU_TIME, '-f', '%U %S %M', ...command] : command;
  const began = performance.now();
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  const [stderr, [code]] = await Promise.all([
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  const wallSeconds = (performance.now() - began) / 1000;
  if (code !== 0)
    throw new Error(`${command.slice(0, 3).join(' ')} ended with ${code}:\n${stderr.slice(-2000)}`);
  const [user, system, kilobytes] = stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
  return {
    wallSeconds,
    cpuSeconds: canTime ? (user ?? 0) + (system ?? 0) : null,
    peakMegabytes: canTime ? (kilobytes ?? 0) / 1024 : null,
  };
}
