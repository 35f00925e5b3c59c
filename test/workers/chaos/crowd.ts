import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCli } from '../../support/cli.ts';

/** Whom nobody ends twice, and who is no longer there. */
const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

export interface CrowdOptions {
  readonly count: number;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Worker processes, of which each that is killed is followed by another. */
export class Crowd {
  readonly #options: CrowdOptions;
  readonly #workers: { child: ChildProcess; isPaused: boolean }[];
  readonly #waking: Promise<void>[] = [];
  killed = 0;
  paused = 0;

  constructor(options: CrowdOptions) {
    this.#options = options;
    this.#workers = Array.from({ length: options.count }, () => ({ child: this.#start(), isPaused: false }));
  }

  /** Kills one at once, and starts another in its place. @param which any number from 0 */
  async kill(which: number): Promise<void> {
    const worker = this.#workers[which % this.#workers.length];
    if (worker === undefined || worker.isPaused) return;
    await end(worker.child, 'SIGKILL');
    worker.child = this.#start();
    this.killed++;
  }

  /** Stops one where it is, and lets it go on after so long. Two at least go on meanwhile. */
  pause(which: number, milliseconds: number): void {
    const worker = this.#workers[which % this.#workers.length];
    const going = this.#workers.filter(({ isPaused }) => !isPaused).length;
    if (worker === undefined || worker.isPaused || going <= 2) return;
    worker.isPaused = true;
    worker.child.kill('SIGSTOP');
    this.paused++;
    const wake = async () => {
      await sleep(milliseconds);
      worker.child.kill('SIGCONT');
      worker.isPaused = false;
    };
    this.#waking.push(wake());
  }

  /** Asks all to end, and waits for it. */
  async close(): Promise<void> {
    await Promise.all(this.#waking);
    await Promise.all(this.#workers.map(({ child }) => end(child, 'SIGTERM')));
  }

  #start(): ChildProcess {
    const { args, cwd, env } = this.#options;
    return startCli(args, { cwd, env }).child;
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
