import { randomUUID } from 'node:crypto';
import { causeFacts } from '../errors/index.ts';
import { type Clock, systemClock } from './clock.ts';
import { answered, ask, end, isClosed, isSamePause, leave, slowDown, startOf } from './decide.ts';
import { type HostPolicy, policies } from './host-policy.ts';
import { FRESH, type HostState, type Pause } from './host-state.ts';
import { type HostStore, localHostStore } from './host-store.ts';
import type { TurnFailure } from './word-of.ts';

/** A host that is left alone for a while. */
export interface HostPause extends Omit<Pause, 'since' | 'until'> {
  readonly host: string;
  readonly since: Date;
  readonly until: Date;
  /** Whether this run waits for it. */
  readonly waits: boolean;
  /** What a person may do about its cause. */
  readonly nextStep: string;
}

/** A host's pause began, or ended because the host answered. */
export type HostEvent =
  | { readonly kind: 'paused'; readonly pause: HostPause }
  | { readonly kind: 'resumed'; readonly host: string };

/** Leave to work for a host. It ends once; what is said after that is not heard. */
export interface Turn extends AsyncDisposable {
  readonly host: string;
  /** Aborted when the turn is not this process' any more, because it was stopped or cut off for too long: the work has to end. */
  readonly lost: AbortSignal;
  /**
   * The work is over. What the failure's cause says of the host is drawn from it: a cause of scope `host` begins a pause, a
   * host that was not reached becomes an outage when that meets several works in a row, and anything else that the host
   * said, good or bad, ends a pause.
   * @param failure null when the work brought what it should
   */
  end(failure: TurnFailure | null): Promise<void>;
  /** The host answered and sends from now on. While it lets us wait, others may ask, too; while it sends, the place is taken. */
  answered(): Promise<void>;
  /** The host asks for fewer requests; the work goes on. @param notBefore ISO 8601, where the host named a time */
  slowDown(notBefore?: string): Promise<void>;
  /** The work is over without a word from the host: it was aborted, or nothing was asked. Also what `await using` does. */
  left(): Promise<void>;
}

export interface EnterOptions {
  readonly signal?: AbortSignal | undefined;
  /** What the turn is for, e.g. an item's id: an outage is several works that do not reach the host. */
  readonly work: string;
  /** `wait`: a pause is waited for, if the run waits so long; `leave`: null at once. Pace and concurrency are waited for. */
  readonly pauses: 'wait' | 'leave';
}

/** Where work for one host waits its turn. */
export interface Host {
  readonly name: string;
  /**
   * Waits for a turn: for the host's pace, for one of its places, and, if wanted, while it is paused. After a pause one turn
   * goes first, to try; the others follow when the host answered it. Somebody who holds a turn must end it before taking
   * another of the same host, else they may wait for themselves.
   * @returns null when the host is paused and that is not waited for: leave the work, its rows lose no attempt.
   * @throws AbortError when the signal fires.
   */
  enter(options: EnterOptions): Promise<Turn | null>;
  /** The pause, or null when the host may be asked, or tried. */
  pause(): Promise<HostPause | null>;
}

export interface Hosts {
  host(name: string): Host;
}

export interface HostsOptions {
  readonly policyOf?: (host: string) => HostPolicy;
  /** The longest pause that is waited for, in milliseconds. */
  readonly maxWait?: number;
  readonly clock?: Clock;
  readonly store?: HostStore;
  readonly onEvent?: (event: HostEvent) => void;
}

/**
 * All hosts of a run, or of several that share a store. A new local store knows of no pauses: a new run probes at once.
 * Nothing survives a crash, except in a store that does.
 */
export function openHosts({
  policyOf = policies('polite', Infinity),
  maxWait = 0,
  clock = systemClock,
  store = localHostStore(),
  onEvent = () => {},
}: HostsOptions = {}): Hosts {
  const hosts = new Map<string, Host>();
  const open = (name: string): Host => openHost(name, { policyOf, maxWait, clock, store, onEvent });
  return {
    host: (name) => {
      const host = hosts.get(name) ?? open(name);
      hosts.set(name, host);
      return host;
    },
  };
}

let ofProcess: Hosts | null = null;

/** One polite set of hosts for whoever brings none: all its calls in this process keep pace together. */
export function processHosts(): Hosts {
  ofProcess ??= openHosts();
  return ofProcess;
}

function openHost(name: string, { policyOf, maxWait, clock, store, onEvent }: Required<HostsOptions>): Host {
  const policy = policyOf(name);
  const pauseOf = (state: HostState, pause: Pause): HostPause => ({
    ...pause,
    host: name,
    since: new Date(pause.since),
    until: new Date(pause.until),
    nextStep: causeFacts(pause.cause).nextStep,
    waits: !isClosed(state, clock.now(), maxWait),
  });

  let known: HostState = FRESH;
  /** Tells when a pause began or ended, here or in another process with the same store. */
  const heed = (state: HostState): void => {
    const isKnown = isSamePause(known, state);
    known = state;
    if (isKnown) return;
    const { pause } = state;
    onEvent(
      pause === null ? { kind: 'resumed', host: name } : { kind: 'paused', pause: pauseOf(state, pause) },
    );
  };
  const change = async (to: (state: HostState, now: number) => HostState): Promise<void> => {
    heed(
      await store.update(name, (before) => {
        const after = to(before, clock.now());
        return [after, after];
      }),
    );
  };

  const turnOf = (id: string, lost: AbortSignal): Turn => {
    const left = () => change((state) => leave(state, id));
    return {
      host: name,
      lost,
      end: (failure) => change((state, now) => end(state, id, failure, now, name)),
      // Only where there is no pace it matters how long the host lets us wait.
      answered: () =>
        policy.pace > 0 ? Promise.resolve() : change((state, now) => answered(state, id, now)),
      slowDown: (notBefore) => change((state, now) => slowDown(state, policy, notBefore, now)),
      left,
      [Symbol.asyncDispose]: left,
    };
  };

  const enter = async ({ signal, work, pauses }: EnterOptions): Promise<Turn | null> => {
    const id = randomUUID();
    for (;;) {
      signal?.throwIfAborted();
      const lost = store.held();
      const news = store.news(name);
      const { state, reply } = await store.update(name, (before) => {
        const [after, given] = ask(before, { id, work, pauses, maxWait }, policy, clock.now());
        return [after, { state: after, reply: given }];
      });
      heed(state);
      if (reply.kind === 'closed') return null;
      if (reply.kind === 'wait') {
        await timeOrNews(reply.until, news, signal);
        continue;
      }
      const turn = turnOf(id, lost);
      try {
        if ((await begins(id, reply.at, signal)) && !lost.aborted) return turn;
      } catch (error) {
        await turn.left();
        throw error;
      }
      await turn.left();
    }
  };

  /** Waits for a turn's start. @returns false where it may not begin any more */
  const begins = async (id: string, at: number, signal: AbortSignal | undefined): Promise<boolean> => {
    signal?.throwIfAborted();
    for (let start = at; start > clock.now();) {
      await clock.sleep(start - clock.now(), signal);
      signal?.throwIfAborted();
      // Somebody may have set this machine's clock meanwhile: where others share the store, it knows better when that is.
      const now = startOf(await store.read(name), id);
      if (now === null) return false;
      start = now;
    }
    return true;
  };

  /** Ends at a time, or as soon as the host's state changed. */
  const timeOrNews = async (
    until: number | null,
    news: Promise<void>,
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    if (until === null) return newsOrAbort(news, signal);
    const stop = new AbortController();
    const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    try {
      await Promise.race([news, clock.sleep(Math.max(until - clock.now(), 1), either)]);
    } finally {
      stop.abort();
    }
  };

  return {
    name,
    enter,
    pause: async () => {
      const state = await store.read(name);
      return state.pause === null ? null : pauseOf(state, state.pause);
    },
  };
}

/** @throws AbortError when the signal fires first */
async function newsOrAbort(news: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return news;
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  try {
    await Promise.race([news, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
