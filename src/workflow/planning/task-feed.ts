import type { Clock } from '../../hosts/index.ts';
import type { PauseBoard } from '../pacing/pause-board.ts';
import type { Task } from './tasks.ts';

/**
 * What a source's workers do next: downloads in file order, and between them those whose wait is over, be it for another
 * attempt or for a host that was paused. Waiting holds no worker's place.
 */
export class TaskFeed {
  readonly #tasks: AsyncGenerator<Task>;
  readonly #clock: Clock;
  readonly #board: PauseBoard;
  readonly #retries: { readonly task: Task; readonly at: number }[] = [];
  readonly #parked = new Map<string, Task[]>();
  /** Hosts whose pause is over and which one parked download tries. */
  readonly #trying = new Map<string, Task>();
  #ended = false;
  /** Resolves when there is something else to wait for. */
  #added = Promise.withResolvers<void>();

  constructor(tasks: AsyncGenerator<Task>, clock: Clock, board: PauseBoard) {
    this.#tasks = tasks;
    this.#clock = clock;
    this.#board = board;
  }

  /** Has a download tried again. @param delay milliseconds until then, at least */
  retry(task: Task, delay: number): void {
    this.#retries.push({ task, at: this.#clock.now() + delay });
    this.#tellAdded();
  }

  /** Has a download tried again once its host answers; when the pause is over, one of them goes first, to try. */
  park(task: Task, host: string): void {
    const parked = this.#parked.get(host) ?? [];
    parked.push(task);
    this.#parked.set(host, parked);
    this.#tellAdded();
  }

  /** A download that `next` gave was tried. */
  tried(task: Task): void {
    for (const [host, trying] of this.#trying) if (trying === task) this.#trying.delete(host);
  }

  /**
   * The next download, null when there is none any more.
   * @throws AbortError when the signal fires while it waits
   */
  async next(signal?: AbortSignal): Promise<Task | null> {
    for (;;) {
      const news = [this.#board.news(), this.#added.promise];
      const due = this.#takeDue() ?? this.#takeReleased();
      if (due !== null) return due;
      if (!this.#ended) {
        const next = await this.#tasks.next();
        if (next.done !== true) return next.value;
        this.#ended = true;
        continue;
      }
      const soonest = this.#soonest();
      if (soonest === null) return null;
      await this.#timeOrNews(soonest, news, signal);
    }
  }

  /** Ends the reading of the CSV. */
  async close(): Promise<void> {
    await this.#tasks.return(undefined);
  }

  /** Whoever waits already looks again: those who add may not ask for a while. */
  #tellAdded(): void {
    this.#added.resolve();
    this.#added = Promise.withResolvers();
  }

  #takeDue(): Task | null {
    const now = this.#clock.now();
    const found = this.#retries.findIndex(({ at }) => at <= now);
    return found < 0 ? null : (this.#retries.splice(found, 1)[0]?.task ?? null);
  }

  #takeReleased(): Task | null {
    const now = this.#clock.now();
    for (const [host, parked] of this.#parked) {
      const pause = this.#board.of(host);
      if (pause !== null && (pause.until.getTime() > now || this.#trying.has(host))) continue;
      const task = parked.shift();
      if (parked.length === 0) this.#parked.delete(host);
      if (task === undefined) continue;
      if (pause !== null) this.#trying.set(host, task);
      return task;
    }
    return null;
  }

  /** When to look again: null when nothing is waited for. */
  #soonest(): number | null {
    const pauses = [...this.#parked.keys()].flatMap((host) => this.#board.of(host) ?? []);
    const times = [
      ...this.#retries.map(({ at }) => at),
      ...pauses
        .filter(({ waits }) => waits)
        .map(({ host, until }) => (this.#trying.has(host) ? Infinity : until.getTime())),
    ];
    return times.length === 0 ? null : Math.min(...times);
  }

  async #timeOrNews(
    time: number,
    news: readonly Promise<void>[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const stop = new AbortController();
    const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    const wait = Math.min(Math.max(time - this.#clock.now(), 1), LONGEST_SLEEP_MS);
    try {
      // Not before one has to wait: each race leaves something behind at a promise that settles late or never.
      await Promise.race([...news, this.#clock.sleep(wait, either)]);
    } finally {
      stop.abort();
    }
  }
}

/** While another worker tries whether a host is back, its answer is news; this is in case it ends without one. */
const LONGEST_SLEEP_MS = 60_000;
