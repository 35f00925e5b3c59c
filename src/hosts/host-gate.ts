import { setTimeout as sleep } from 'node:timers/promises';

/** The first pause after a host refused us, and its growth: 60 s, 120 s, 240 s, ... */
const FIRST_PAUSE_MS = 60_000;
const PAUSE_GROWTH = 2;

/** Time, as an argument. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects with AbortError when the signal fires. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    await sleep(milliseconds, undefined, signal ? { signal } : {});
  },
};

export interface HostGateOptions {
  /** Milliseconds between the starts of two requests' work; 0 for no pace. */
  readonly pace: number;
  /** The longest pause that is waited for, in milliseconds; a longer one closes the gate for this run. */
  readonly maxWait: number;
  readonly clock?: Clock;
  /** Told when a pause begins. */
  readonly onPause?: (pause: HostPause) => void;
}

export interface HostPause {
  readonly host: string;
  /** Whether the host turned us away, or could not be reached at all. */
  readonly reason: 'refused' | 'unreachable';
  /** Milliseconds since 1970. */
  readonly until: number;
  /** Whether this run waits for it. */
  readonly waits: boolean;
}

/**
 * Where work for one host waits its turn: for the host's pace, and while the host refuses us as a whole. After a pause one
 * probe goes first; the others follow when it was answered. A new run begins with an open gate, so it probes at once.
 */
export class HostGate {
  readonly host: string;
  readonly #options: HostGateOptions;
  readonly #clock: Clock;
  #refusals = 0;
  #pausedUntil: number | null = null;
  #probing = false;
  #nextStart = 0;
  #wake: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(host: string, options: HostGateOptions) {
    this.host = host;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Milliseconds since 1970 until which the host is left alone, or null. */
  get pausedUntil(): number | null {
    return this.#pausedUntil;
  }

  /** Whether the present pause is longer than this run waits. */
  get closed(): boolean {
    return this.#pausedUntil !== null && this.#pausedUntil - this.#clock.now() > this.#options.maxWait;
  }

  /**
   * Waits for a turn. Whoever got one reports with `answered`, `refused` or `left`.
   * @returns false when the gate is closed for this run: leave the work for another one.
   * @throws AbortError when the signal fires.
   */
  async enter(signal?: AbortSignal): Promise<boolean> {
    while (this.#pausedUntil !== null) {
      if (this.closed) return false;
      const wait = this.#pausedUntil - this.#clock.now();
      if (wait <= 0 && !this.#probing) {
        this.#probing = true;
        return true;
      }
      await this.#pauseOrNews(Math.max(wait, 0), signal);
    }
    const start = Math.max(this.#nextStart, this.#clock.now());
    this.#nextStart = start + this.#options.pace;
    if (start > this.#clock.now()) await this.#clock.sleep(start - this.#clock.now(), signal);
    return this.#pausedUntil === null ? true : this.enter(signal);
  }

  /** The host let us through: the pause is over and pauses begin small again. */
  answered(): void {
    this.#refusals = 0;
    this.#pausedUntil = null;
    this.#probing = false;
    this.#news();
  }

  /** The host refused us as a whole. @param notBefore its own word on when to come back (milliseconds since 1970). */
  refused(notBefore: number | null = null): void {
    this.#pause('refused', notBefore ?? 0);
  }

  /** The host cannot be reached. @param mayComeBack false closes the gate for this run, however long it would wait */
  unreachable(mayComeBack: boolean): void {
    this.#pause('unreachable', mayComeBack ? 0 : this.#clock.now() + this.#options.maxWait + FIRST_PAUSE_MS);
  }

  #pause(reason: HostPause['reason'], notBefore: number): void {
    const now = this.#clock.now();
    const wasProbe = this.#probing;
    this.#probing = false;
    // Work that was under way when the pause began is refused as well; that is no news.
    if (this.#pausedUntil !== null && !wasProbe && this.#pausedUntil > now) return;
    const own = FIRST_PAUSE_MS * PAUSE_GROWTH ** this.#refusals++;
    this.#pausedUntil = Math.max(now + own, notBefore);
    this.#options.onPause?.({ host: this.host, reason, until: this.#pausedUntil, waits: !this.closed });
    this.#news();
  }

  /** The work ended without a word from the host (it was aborted): the next one may probe. */
  left(): void {
    this.#probing = false;
    this.#news();
  }

  #news(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  /** Ends with the pause, or as soon as somebody reported. While another one probes only news ends it. */
  async #pauseOrNews(wait: number, signal?: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    const news = this.#wake.promise;
    try {
      const timer = wait > 0 ? this.#clock.sleep(wait, either) : aborted(either);
      await Promise.race([news, timer]);
    } finally {
      stop.abort();
    }
  }
}

/** Never resolves; rejects when the signal fires. */
function aborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  promise.catch(() => {});
  return promise;
}
