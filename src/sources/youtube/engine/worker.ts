import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import {
  guardian,
  LineLog,
  lineSplitter,
  newOwnerMark,
  signalGroup,
  watchIdle,
} from '../../processes/index.ts';
import { readAnswer, type WorkerAnswer } from './answers.ts';
import type { Interpreter } from './interpreter.ts';
import type { YtDlpEnd, YtDlpJob } from './job.ts';

/** Characters of a line of the channel; worker.py keeps well below, whatever is escaped in it. */
const LONGEST_ANSWER = 2 << 20;
/** How long a worker that was told to end may take before it is killed, in ms. */
const GRACE_MS = 2000;

const PROGRAM = fileURLToPath(new URL('worker.py', import.meta.url));

/** What a job is doing at present. */
interface Current {
  readonly id: number;
  readonly job: YtDlpJob;
  readonly stderr: LineLog;
  readonly settle: (end: YtDlpEnd | null) => void;
  lines: number;
  idle: boolean;
}

/**
 * One process that runs yt-dlp job after job, the leader of a process group of its own. It keeps our process alive only
 * while it works, and ends with it: its stdin closes, and the guardian knows its group.
 */
export class Worker {
  /** Bytes of memory that it had after its last job. */
  memory = 0;
  readonly #child: ChildProcess;
  readonly #mark: string;
  readonly #exit: Promise<void>;
  readonly #ready: PromiseWithResolvers<string | null> = Promise.withResolvers();
  #current: Current | null = null;
  #jobs = 0;
  #gone = false;

  private constructor(child: ChildProcess, mark: string) {
    this.#child = child;
    this.#mark = mark;
    this.#exit = once(child, 'exit').then(
      () => this.#end(),
      () => this.#end(),
    );
    this.#listen();
    if (child.pid !== undefined) guardian.add(child.pid);
  }

  /**
   * Starts a worker and waits until yt_dlp is imported.
   * @param version that it has to be
   * @param startMs how long that may take
   * @returns 'foreign' where another version is imported, 'lost' where none is
   */
  static async start(
    { python, zipapp }: Interpreter,
    {
      version,
      env,
      startMs,
    }: {
      readonly version: string;
      readonly env: Readonly<Record<string, string>>;
      readonly startMs: number;
    },
  ): Promise<Worker | 'foreign' | 'lost'> {
    const mark = newOwnerMark();
    guardian.watch(mark);
    const child = spawn(python, [PROGRAM, mark, ...(zipapp === null ? [] : [zipapp])], {
      cwd: '/',
      env,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    const worker = new Worker(child, mark);
    const timer = setTimeout(() => worker.#kill(), startMs);
    const imported = await worker.#ready.promise;
    clearTimeout(timer);
    if (imported === version) return worker;
    await worker.stop();
    return imported === null ? 'lost' : 'foreign';
  }

  get isGone(): boolean {
    return this.#gone;
  }

  /** The process, for whoever watches it from outside. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Runs one job; one at a time. A worker that was cancelled or idle is gone when this settles, with its children.
   * @returns null when the worker was lost on the way: it died, or said what no worker of ours would say
   * @throws the signal's reason on abort
   */
  async run(job: YtDlpJob): Promise<YtDlpEnd | null> {
    const { signal } = job;
    signal?.throwIfAborted();
    const { promise, resolve } = Promise.withResolvers<YtDlpEnd | null>();
    this.#jobs += 1;
    const current: Current = {
      id: this.#jobs,
      job,
      stderr: new LineLog(),
      settle: resolve,
      lines: 0,
      idle: false,
    };
    this.#current = current;
    this.#hold(true);
    const cancel = () => this.#kill();
    signal?.addEventListener('abort', cancel, { once: true });
    const watch = watchIdle({
      idleMs: job.idleMs,
      signsOfLife: async () => `${current.lines} ${await job.activity?.()}`,
      onIdle: () => {
        current.idle = true;
        this.#kill();
      },
    });
    try {
      const { args, env, folder, program } = job;
      this.#child.stdin?.write(`${JSON.stringify({ id: current.id, args, env, folder, program })}\n`);
      const end = this.#gone ? null : await promise;
      signal?.throwIfAborted();
      return end;
    } finally {
      signal?.removeEventListener('abort', cancel);
      watch.clear();
      this.#current = null;
      if (!this.#gone) this.#hold(false);
    }
  }

  /** Ends it, whatever it does, and waits until it is gone. */
  async stop(): Promise<void> {
    if (this.#gone) return;
    this.#child.ref();
    const timer = setTimeout(() => this.#kill(), GRACE_MS);
    this.#child.stdin?.end();
    await this.#exit;
    clearTimeout(timer);
  }

  /** Lets our process end while nothing is to be done, or keeps it. */
  #hold(held: boolean): void {
    const parts: readonly unknown[] = [this.#child, ...this.#child.stdio];
    for (const part of parts) {
      if (part instanceof Socket || part === this.#child) {
        const holder = part as { ref(): void; unref(): void };
        if (held) holder.ref();
        else holder.unref();
      }
    }
  }

  #listen(): void {
    const [, , , channel] = this.#child.stdio;
    const answers = lineSplitter((line) => this.#hear(line), LONGEST_ANSWER);
    channel?.on('data', (chunk: Buffer) => answers.push(chunk));
    // A full or closed pipe shows in the end of the process.
    for (const stream of [this.#child.stdin, channel]) stream?.on('error', () => undefined);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      const lines = lineSplitter((line) => this.#note(line));
      stream?.on('data', (chunk: Buffer) => lines.push(chunk));
      stream?.on('error', () => undefined);
    }
  }

  /** A line of a program that printed past yt-dlp: it may hold a reason. */
  #note(line: string): void {
    if (this.#current === null) return;
    this.#current.lines += 1;
    this.#current.stderr.add(line);
  }

  #hear(line: string): void {
    const answer = readAnswer(line);
    if (answer === null || !this.#understands(answer)) this.#kill();
  }

  #understands(answer: WorkerAnswer): boolean {
    if (answer.kind === 'ready') {
      this.#ready.resolve(answer.version);
      this.#hold(false);
      return this.#jobs === 0;
    }
    const current = this.#current;
    if (current === null || answer.id !== current.id) return false;
    current.lines += 1;
    if (answer.kind === 'err') current.stderr.add(answer.line);
    else if (answer.kind === 'out') current.job.onStdoutLine?.(answer.line);
    else {
      this.memory = answer.memory;
      current.settle(endOf(current, answer.exitCode));
    }
    return true;
  }

  #kill(): void {
    if (this.#child.pid !== undefined) signalGroup(this.#child.pid, 'SIGKILL');
  }

  #end(): void {
    this.#gone = true;
    // What it started does not outlive it.
    this.#kill();
    guardian.unwatch(this.#mark, this.#child.pid);
    this.#ready.resolve(null);
    const current = this.#current;
    current?.settle(current.idle ? endOf(current, null) : null);
  }
}

function endOf({ stderr, idle }: Current, exitCode: number | null): YtDlpEnd {
  return {
    exitCode,
    signal: exitCode === null ? 'SIGKILL' : null,
    stderr: stderr.lines,
    idle,
    startError: null,
  };
}
