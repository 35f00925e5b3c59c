import type { LiveEvent, Overview } from '../../contract.ts';
import { ApiFailure, get } from './api.ts';
import type { LiveAction } from './live.ts';
import { takeLivePlace } from './live-place.ts';

const KINDS = ['overview', 'index', 'rows', 'gone'] as const;
const AGAIN_MS = 2000;
const TOO_SLOW_MS = 8000;
const HIDDEN_MS = 5000;
const HIDDEN_ASK_MS = 30_000;
/** The server gives a sign of life each 15 s: after so long without one the line is dead, whatever the browser thinks. */
const SILENT_MS = 40_000;
const WATCH_MS = 5000;

type Timer = ReturnType<typeof setTimeout>;

/**
 * Listens to the server's events and comes back by itself, also after a sleep in which the connection died unnoticed. A page that
 * nobody sees gives its connection away and asks now and then instead, as do those for which there is none: a browser keeps six to one
 * host, for all its pages.
 */
export class Listener {
  readonly #tell: (action: LiveAction) => void;
  readonly #ended = new AbortController();
  readonly #watch: Timer;
  #source: EventSource | null = null;
  #leave: () => void = () => {};
  #again: Timer | undefined;
  #hidden: Timer | undefined;
  #heardAt = Date.now();
  #tries = 0;

  constructor(tell: (action: LiveAction) => void) {
    this.#tell = tell;
    const { signal } = this.#ended;
    const look = (): void => (document.visibilityState === 'hidden' ? this.#hide() : void this.#wake());
    document.addEventListener('visibilitychange', look, { signal });
    // What a page is told that was frozen while its computer or its browser slept.
    document.addEventListener('resume', look, { signal });
    window.addEventListener('online', look, { signal });
    window.addEventListener('pageshow', look, { signal });
    this.#watch = setInterval(() => this.#lookAtLine(), WATCH_MS);
    if (document.visibilityState === 'hidden') this.#hide(0);
    else void this.#connect();
  }

  /** Nothing is told any more. */
  end(): void {
    this.#ended.abort();
    this.#disconnect();
    clearTimeout(this.#hidden);
    clearInterval(this.#watch);
  }

  #disconnect(): void {
    this.#tries += 1;
    clearTimeout(this.#again);
    this.#source?.close();
    this.#source = null;
    this.#leave();
    this.#leave = () => {};
  }

  async #connect(): Promise<void> {
    this.#disconnect();
    if (this.#ended.signal.aborted) return;
    const at = this.#tries;
    const leave = await takeLivePlace();
    if (at !== this.#tries) {
      leave?.();
      return;
    }
    if (leave === null) {
      if (await this.#ask()) this.#tell({ kind: 'opened' });
      if (at === this.#tries) this.#again = setTimeout(() => void this.#connect(), AGAIN_MS);
      return;
    }
    this.#leave = leave;
    this.#listen();
  }

  #listen(): void {
    const source = new EventSource('/api/events');
    this.#source = source;
    this.#heardAt = Date.now();
    const hear = (): void => {
      this.#heardAt = Date.now();
    };
    source.addEventListener('beat', hear);
    source.addEventListener('open', () => {
      hear();
      this.#tell({ kind: 'opened' });
    });
    source.addEventListener('error', () => {
      this.#tell({ kind: 'dropped' });
      // A browser tries a lost connection again by itself, but not one that was refused.
      if (source.readyState !== EventSource.CLOSED) return;
      this.#again = setTimeout(() => void this.#connect(), AGAIN_MS);
      void this.#ask();
    });
    for (const kind of KINDS) {
      source.addEventListener(kind, (event: MessageEvent<string>) => {
        hear();
        this.#tell({ kind, ...(JSON.parse(event.data) as object) } as LiveEvent);
      });
    }
  }

  /** A line that has been silent for too long is made anew: nobody tells a page that the other end has gone while it slept. */
  #lookAtLine(): void {
    if (this.#source?.readyState !== EventSource.OPEN) return;
    if (Date.now() - this.#heardAt > SILENT_MS) void this.#connect();
  }

  #hide(after = HIDDEN_MS): void {
    clearTimeout(this.#hidden);
    const ask = (): void => {
      this.#disconnect();
      void this.#ask();
      this.#hidden = setTimeout(ask, HIDDEN_ASK_MS);
    };
    this.#hidden = setTimeout(ask, after);
  }

  async #wake(): Promise<void> {
    clearTimeout(this.#hidden);
    const answered = await this.#ask();
    if (document.visibilityState === 'hidden' || this.#ended.signal.aborted) return;
    const isSilent = Date.now() - this.#heardAt > SILENT_MS;
    if (!answered || isSilent || this.#source?.readyState !== EventSource.OPEN) await this.#connect();
  }

  /** A plain request: it also says why the server refuses, which an event source does not. @returns whether it was answered */
  async #ask(): Promise<boolean> {
    const signal = AbortSignal.any([this.#ended.signal, AbortSignal.timeout(TOO_SLOW_MS)]);
    try {
      this.#tell({ kind: 'overview', overview: await get<Overview>('/api/overview', signal) });
      return true;
    } catch (error) {
      if (this.#ended.signal.aborted) return false;
      const refused = error instanceof ApiFailure && error.status > 0;
      this.#tell(refused ? { kind: 'refused', trouble: error.trouble } : { kind: 'dropped' });
      return false;
    }
  }
}
