import { FRESH, type HostState } from './host-state.ts';

/** Keeps the states of hosts: here in memory; kept in a database, all machines that share it keep pace together. */
export interface HostStore {
  read(host: string): Promise<HostState>;
  /** Changes a host's state in one step: nobody else's change comes between reading and writing. `change` is pure. */
  update<T>(host: string, change: (state: HostState) => readonly [HostState, T]): Promise<T>;
  /** Resolves once the host's state is another than when it was called, or may be. */
  news(host: string): Promise<void>;
  /** Aborted when the turns that were given until now are not this process' any more: it was stopped or cut off for too long. */
  held(): AbortSignal;
}

const FOR_GOOD = new AbortController().signal;

/** The states of one process. */
export function localHostStore(): HostStore {
  const states = new Map<string, HostState>();
  const waiting = new Map<string, PromiseWithResolvers<void>>();
  const stateOf = (host: string) => states.get(host) ?? FRESH;
  return {
    read: (host) => Promise.resolve(stateOf(host)),
    update: (host, change) => {
      const before = stateOf(host);
      const [after, answer] = change(before);
      if (after !== before) {
        states.set(host, after);
        waiting.get(host)?.resolve();
        waiting.delete(host);
      }
      return Promise.resolve(answer);
    },
    news: (host) => {
      const news = waiting.get(host) ?? Promise.withResolvers<void>();
      waiting.set(host, news);
      return news.promise;
    },
    held: () => FOR_GOOD,
  };
}
