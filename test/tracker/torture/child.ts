import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A process of this folder that prints lines. */
export class Child {
  readonly process: ChildProcess;
  readonly lines: string[] = [];
  readonly #closed: Promise<unknown>;
  #rest = '';
  #errors = '';
  #listeners: (() => void)[] = [];

  /** @param through a command that starts what follows its own arguments, once it has made its world smaller */
  constructor(script: string, args: readonly (string | number)[], through: readonly string[] = []) {
    const path = fileURLToPath(new URL(script, import.meta.url));
    const [command = '', ...rest] = [...through, process.execPath, path, ...args.map(String)];
    this.process = spawn(command, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#errors += text));
    // A child that was killed cannot be talked to any more; what it said counts.
    this.process.stdin?.on('error', () => {});
    this.#closed = once(this.process, 'close').then(() => this.#wake());
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    this.lines.push(...lines);
    this.#wake();
  }

  #next(): Promise<void> {
    return new Promise((resolve) => this.#listeners.push(resolve));
  }

  #wake(): void {
    for (const listener of this.#listeners.splice(0)) listener();
  }

  say(line: string): void {
    this.process.stdin?.write(`${line}\n`);
  }

  get errors(): string {
    return this.#errors;
  }

  /** Ends its stdin. */
  end(): void {
    this.process.stdin?.end();
  }

  /** The first line that begins with a word, also one that came before. @throws when the process ends or time runs out first */
  async line(word: string, timeoutMs = 30_000): Promise<string> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const found = this.lines.find((line) => line === word || line.startsWith(`${word} `));
      if (found !== undefined) return found;
      const { exitCode, signalCode } = this.process;
      const left = until - Date.now();
      if (exitCode !== null || signalCode !== null || left <= 0) {
        const how = left <= 0 ? `in ${timeoutMs} ms` : `before it ended (${exitCode ?? signalCode})`;
        throw new Error(`no line '${word}' ${how}: ${this.lines.slice(-5).join(' | ')} ${this.#errors}`);
      }
      await Promise.race([this.#next(), sleep(left, undefined, { ref: false })]);
    }
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.#closed;
  }
}
