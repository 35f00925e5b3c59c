import { type ChildProcess, spawn } from 'node:child_process';

/** How a run of ours is started. */
export interface RunCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** Characters of what a run says that are kept. */
const KEPT = 2000;
/** A run that was asked to end gets so long for its transfers and the CSV. */
const END_MS = 30_000;

/** The run that this server started, which ends with it. */
export class RunChild {
  readonly #command: RunCommand;
  #child: ChildProcess | null = null;
  #said = '';
  #exited: Promise<void> = Promise.resolve();

  constructor(command: RunCommand) {
    this.#command = command;
  }

  get isAlive(): boolean {
    return this.#child !== null;
  }

  /** What the last one said before it ended with an error; empty when it did not. */
  get lastWords(): string {
    return this.#said.trim();
  }

  start(): void {
    if (this.#child !== null) return;
    const { program, args, env, cwd } = this.#command;
    // The launcher's way of tying a program to another: when the channel to us breaks, it dies at once, even where we were killed.
    const child = spawn(program, args, {
      cwd,
      env: { ...env, ROWTRAIL_LAUNCHER_PID: String(process.pid) },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // A terminal's Ctrl-C would reach it as well as our own word, and twice means at once.
      detached: true,
    });
    this.#child = child;
    this.#said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-KEPT);
    });
    const ended = Promise.withResolvers<void>();
    this.#exited = ended.promise;
    const onEnd = () => {
      if (this.#child === child) this.#child = null;
      ended.resolve();
    };
    child.on('error', (error) => {
      this.#said = error.message;
      onEnd();
    });
    child.on('exit', onEnd);
  }

  /** Ends it as Ctrl-C does, and waits for that. */
  async end(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    child.kill('SIGINT');
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  /** Resolves when it has ended, or after so many milliseconds. */
  async endedWithin(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const time = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
    await Promise.race([this.#exited, time]);
    clearTimeout(timer);
  }
}
