import type { LiveEvent, Overview } from '../../contract.ts';
import { ApiFailure, get } from './api.ts';
import type { LiveAction } from './live.ts';

const KINDS = ['overview', 'index', 'rows', 'gone'] as const;
const AGAIN_MS = 2000;
const TOO_SLOW_MS = 8000;
const HIDDEN_MS = 5000;
const HIDDEN_ASK_MS = 30_000;

type Timer = ReturnType<typeof setTimeout>;

/**
 * Listens to the server's events and comes back by itself, also after a sleep in which the connection died unnoticed. A page that
 * nobody sees gives its connection away and asks now and then instead: a browser keeps six to one host, for all its pages.
 */
export class Listener {
  readonly #tell: (action: LiveAction) => void;
  readonly #ended = new AbortController();
  #source: EventSource | null = null;
  #again: Timer | undefined;
  #hidden: Timer | undefined;

  constructor(tell: (action: LiveAction) => void) {
    this.#tell = tell;
    const { signal } = this.#ended;
    const look = (): void => (document.visibilityState === 'hidden' ? this.#hide() : void this.#wake());
    document.addEventListener('visibilitychange', look, { signal });
    window.addEventListener('online', look, { signal });
    window.addEventListener('pageshow', look, { signal });
    this.#connect();
    if (document.visibilityState === 'hidden') this.#hide();
  }

  /** Nothing is told any more. */
  end(): void {
    this.#ended.abort();
    this.#disconnect();
    clearTimeout(this.#hidden);
  }

  #disconnect(): void {
    clearTimeout(this.#again);
    this.#source?.close();
    this.#source = null;
  }

  #connect(): void {
    this.#disconnect();
    if (this.#ended.signal.aborted) return;
    const source = new EventSource('/api/events');
    this.#source = source;
    source.addEventListener('open', () => this.#tell({ kind: 'opened' }));
    source.addEventListener('error', () => {
      this.#tell({ kind: 'dropped' });
      // A browser tries a lost connection again by itself, but not one that was refused.
      if (source.readyState !== EventSource.CLOSED) return;
      this.#again = setTimeout(() => this.#connect(), AGAIN_MS);
      void this.#ask();
    });
    for (const kind of KINDS) {
      source.addEventListener(kind, (event: MessageEvent<string>) => {
        this.#tell({ kind, ...(JSON.parse(event.data) as object) } as LiveEvent);
      });
    }
  }

  #hide(): void {
    clearTimeout(this.#hidden);
    const ask = (): void => {
      this.#disconnect();
      void this.#ask();
      this.#hidden = setTimeout(ask, HIDDEN_ASK_MS);
    };
    this.#hidden = setTimeout(ask, HIDDEN_MS);
  }

  async #wake(): Promise<void> {
    clearTimeout(this.#hidden);
    const answered = await this.#ask();
    if (document.visibilityState === 'hidden' || this.#ended.signal.aborted) return;
    if (!answered || this.#source?.readyState !== EventSource.OPEN) this.#connect();
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
