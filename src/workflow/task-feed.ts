import type { Clock } from '../hosts/index.ts';
import type { Task } from './plan.ts';

/**
 * What a source's workers do next: downloads in file order, and between them those whose wait for another attempt is over.
 * Waiting holds no worker's place.
 */
export class TaskFeed {
  readonly #tasks: AsyncGenerator<Task>;
  readonly #clock: Clock;
  readonly #retries: { readonly task: Task; readonly at: number }[] = [];
  #ended = false;

  constructor(tasks: AsyncGenerator<Task>, clock: Clock) {
    this.#tasks = tasks;
    this.#clock = clock;
  }

  /** Downloads that wait for another attempt. */
  get waiting(): number {
    return this.#retries.length;
  }

  /** Has a download tried again. @param delay milliseconds until then, at least */
  retry(task: Task, delay: number): void {
    this.#retries.push({ task, at: this.#clock.now() + delay });
  }

  /**
   * The next download, null when there is none any more.
   * @throws AbortError when the signal fires while it waits
   */
  async next(signal?: AbortSignal): Promise<Task | null> {
    for (;;) {
      const due = this.#takeDue();
      if (due !== null) return due;
      if (!this.#ended) {
        const next = await this.#tasks.next();
        if (next.done !== true) return next.value;
        this.#ended = true;
        continue;
      }
      if (this.#retries.length === 0) return null;
      const soonest = Math.min(...this.#retries.map(({ at }) => at));
      await this.#clock.sleep(Math.max(soonest - this.#clock.now(), 1), signal);
    }
  }

  /** Ends the reading of the CSV. */
  async close(): Promise<void> {
    await this.#tasks.return(undefined);
  }

  #takeDue(): Task | null {
    const now = this.#clock.now();
    const found = this.#retries.findIndex(({ at }) => at <= now);
    return found < 0 ? null : (this.#retries.splice(found, 1)[0]?.task ?? null);
  }
}
