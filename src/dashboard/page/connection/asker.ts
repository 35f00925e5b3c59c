import { get, troubleOf, type Trouble } from './api.ts';

export interface Asked<T> {
  /** The last good answer; it stays while the next one is asked for. */
  readonly data: T | null;
  readonly trouble: Trouble | null;
  readonly loading: boolean;
}

const LEAST_MS_BETWEEN = 1000;

/** Asks the server one thing, again and again: one request at a time, at most once a second, however much news comes. */
export class Asker<T> {
  readonly #path: string;
  readonly #tell: (asked: Asked<T>) => void;
  readonly #ended = new AbortController();
  #asked: Asked<T> = { data: null, trouble: null, loading: true };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;
  #wanted = false;
  #askedAt = -Infinity;

  constructor(path: string, tell: (asked: Asked<T>) => void) {
    this.#path = path;
    this.#tell = tell;
    this.ask();
  }

  /** The answer may be another one by now. */
  ask(): void {
    this.#wanted = true;
    if (this.#asking || this.#ended.signal.aborted) return;
    clearTimeout(this.#timer);
    const wait = this.#askedAt + LEAST_MS_BETWEEN - performance.now();
    if (wait <= 0) void this.#request();
    else this.#timer = setTimeout(() => void this.#request(), wait);
  }

  /** Gives up what is under way; nothing is told any more. */
  end(): void {
    this.#ended.abort();
    clearTimeout(this.#timer);
  }

  async #request(): Promise<void> {
    this.#asking = true;
    this.#wanted = false;
    this.#askedAt = performance.now();
    this.#set({ ...this.#asked, loading: true });
    try {
      const data = await get<T>(this.#path, this.#ended.signal);
      this.#set({ data, trouble: null, loading: false });
    } catch (error) {
      this.#set({ ...this.#asked, trouble: troubleOf(error), loading: false });
    }
    this.#asking = false;
    if (this.#wanted) this.ask();
  }

  #set(asked: Asked<T>): void {
    this.#asked = asked;
    if (!this.#ended.signal.aborted) this.#tell(asked);
  }
}
