import { type ChildProcess, spawn } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Keeps children from outliving us, even after `kill -9`: one small Node process, started with the first child, in a
 * session of its own, that is told over its stdin what runs. When its stdin ends because we are gone, it kills the
 * groups that are still registered, and every process whose command line names a folder that is still watched (a
 * child that was started but not registered yet).
 *
 * Lines: `[folder` and `]folder` (as JSON) begin and end the watch over a folder, `+group` and `-group` over a group.
 */
export class Guardian {
  #process: ChildProcess | null = null;
  readonly #groups = new Set<number>();
  readonly #folders: string[] = [];

  /**
   * To be called before a child is started.
   * @param folder an absolute path that stands in the command lines of the child and its children
   */
  watch(folder: string): void {
    this.#folders.push(folder);
    if (this.#start()) return;
    this.#tell(`[${JSON.stringify(folder)}`);
  }

  /** To be called when all of the group is gone. */
  unwatch(folder: string, group: number | undefined): void {
    const index = this.#folders.indexOf(folder);
    if (index !== -1) this.#folders.splice(index, 1);
    if (group !== undefined) {
      this.#groups.delete(group);
      this.#tell(`-${group}`);
    }
    this.#tell(`]${JSON.stringify(folder)}`);
  }

  /** To be called as soon as a child runs as the leader of a group. */
  add(group: number): void {
    this.#groups.add(group);
    this.#tell(`+${group}`);
  }

  /** True when a guardian had to be started, which then knows everything. */
  #start(): boolean {
    if (this.#process !== null) return false;
    const script = fileURLToPath(
      new URL(`./guardian-main${extname(new URL(import.meta.url).pathname)}`, import.meta.url),
    );
    const guardian = spawn(process.execPath, [script], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
    });
    const forget = () => {
      if (this.#process === guardian) this.#process = null;
    };
    guardian.on('error', forget);
    guardian.on('exit', forget);
    guardian.stdin.on('error', forget);
    guardian.unref();
    // A pipe holds the event loop; its type does not say that it can let go.
    if ('unref' in guardian.stdin && typeof guardian.stdin.unref === 'function') guardian.stdin.unref();
    this.#process = guardian;
    for (const folder of this.#folders) this.#tell(`[${JSON.stringify(folder)}`);
    for (const group of this.#groups) this.#tell(`+${group}`);
    return true;
  }

  #tell(line: string): void {
    this.#process?.stdin?.write(`${line}\n`);
  }
}

/** The one guardian of this process. */
export const guardian = new Guardian();
