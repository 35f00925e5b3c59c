import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { guardian } from './guardian.ts';
import { watchIdle } from './idle-watch.ts';
import { signalGroup } from './kill-group.ts';
import { LineLog, lineSplitter } from './lines.ts';

/** How long a group has to end by itself after SIGTERM, in ms. */
const GRACE_MS = 2000;

export interface GroupRun {
  /** Path of the program; no shell reads it. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The folder it works in, absolute; its path should stand in the arguments, so that what is left over can be found. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
  /** Killed when for so many ms neither a line came nor `activity` changed. */
  readonly idleMs: number;
  /** Something that changes while it works silently, such as the size of its files. */
  readonly activity?: () => Promise<string>;
  readonly onStdoutLine?: (line: string) => void;
}

/** How a run ended. Both `exitCode` and `signal` are null when the program could not be started (`startError`). */
export interface GroupEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** First and last lines only, where there were many. */
  readonly stderr: readonly string[];
  /** It was killed because nothing happened any more. */
  readonly idle: boolean;
  readonly startError: Error | null;
}

/**
 * Runs a program as the leader of a process group of its own, without a shell and without stdin, and waits until the
 * group is gone: when this settles, none of its children runs. On abort and when idle the group gets SIGTERM, then
 * SIGKILL. When our own process dies, the guardian kills the group.
 * @throws the signal's reason on abort, after the group is gone
 */
export async function runInGroup(run: GroupRun): Promise<GroupEnd> {
  run.signal?.throwIfAborted();
  guardian.watch(run.folder);
  let group: number | undefined;
  try {
    const child = spawn(run.command, run.args, {
      cwd: run.folder,
      env: run.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    group = child.pid;
    if (group !== undefined) guardian.add(group);
    const end = await follow(child, run);
    run.signal?.throwIfAborted();
    return end;
  } finally {
    if (group !== undefined) signalGroup(group, 'SIGKILL');
    guardian.unwatch(run.folder, group);
  }
}

async function follow(child: ChildProcess, run: GroupRun): Promise<GroupEnd> {
  const stderr = new LineLog();
  let lines = 0;
  collect(child, 'stdout', (line) => {
    lines += 1;
    run.onStdoutLine?.(line);
  });
  collect(child, 'stderr', (line) => {
    lines += 1;
    stderr.add(line);
  });
  const stop = stopper(child);
  run.signal?.addEventListener('abort', stop.now, { once: true });
  if (run.signal?.aborted) stop.now();
  let idle = false;
  const watch = watchIdle({
    idleMs: run.idleMs,
    signsOfLife: async () => `${lines} ${await run.activity?.()}`,
    onIdle: () => {
      idle = true;
      stop.now();
    },
  });
  try {
    const [exitCode, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    // A grandchild that lives on would hold the pipes open, and us with them.
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    if (child.stdout?.closed === false || child.stderr?.closed === false) await once(child, 'close');
    return { exitCode, signal, stderr: stderr.lines, idle, startError: null };
  } catch (error) {
    return { exitCode: null, signal: null, stderr: stderr.lines, idle, startError: asError(error) };
  } finally {
    run.signal?.removeEventListener('abort', stop.now);
    stop.clear();
    watch.clear();
  }
}

function collect(child: ChildProcess, name: 'stdout' | 'stderr', onLine: (line: string) => void): void {
  const splitter = lineSplitter(onLine);
  child[name]?.on('data', (chunk: Buffer) => splitter.push(chunk));
  child[name]?.on('end', () => splitter.end());
}

function stopper(child: ChildProcess): { now(): void; clear(): void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    now() {
      const group = child.pid;
      if (group === undefined || timer !== undefined) return;
      signalGroup(group, 'SIGTERM');
      timer = setTimeout(() => signalGroup(group, 'SIGKILL'), GRACE_MS);
    },
    clear() {
      clearTimeout(timer);
    },
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
