import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { isNewEnough } from '../../bin/hand-over.js';

/** A program on PATH, the repository's own programs left out. */
export function systemProgram(name: string): string | null {
  return programsNamed(name)[0] ?? null;
}

/** A Node on this machine that is too old for rowtrail; null where there is none. */
export function oldNode(): string | null {
  const isOld = (node: string) => {
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? '';
    return version.startsWith('v') && !isNewEnough(version);
  };
  return programsNamed('node').find(isOld) ?? null;
}

function programsNamed(name: string): string[] {
  const folders = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'));
  return folders.map((folder) => join(folder, name)).filter((program) => existsSync(program));
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A started program: its process, what it printed so far, and how it ended. */
export interface Started {
  readonly process: ChildProcess;
  /** Waits until its output matches, and returns the match. */
  printed(pattern: RegExp): Promise<RegExpMatchArray>;
  readonly ended: Promise<Ended>;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** In a process group of its own, as a terminal starts it. */
  readonly group?: boolean;
}

export function start(
  command: readonly string[],
  { cwd, env, input = '', group = false }: StartOptions = {},
): Started {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: group,
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => {});
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  child.stdin.end(input);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    process: child,
    ended,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = stdout.match(pattern);
          if (match !== null) resolve(match);
        };
        child.stdout.on('data', look);
        child.on('close', () => reject(new Error(`it ended without ${pattern}: ${stdout}${stderr}`)));
        look();
      }),
  };
}

export function run(command: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return start(command, options).ended;
}

/** Whether a process is there and no zombie. */
export function isRunning(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}
