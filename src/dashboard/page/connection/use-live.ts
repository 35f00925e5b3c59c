import { useEffect, useReducer } from 'preact/hooks';
import type { LiveEvent, Overview } from '../../contract.ts';
import { ApiFailure, get } from './api.ts';
import { NOTHING_YET, reduce, type Live, type LiveAction } from './live.ts';

const KINDS = ['overview', 'index', 'rows', 'gone'] as const;
const AGAIN_MS = 2000;
const TOO_SLOW_MS = 8000;

/** What the server tells, for as long as the page is open. */
export function useLive(): Live {
  const [live, tell] = useReducer(reduce, NOTHING_YET);
  useEffect(() => listen(tell), []);
  return live;
}

/**
 * Listens to the server's events and comes back by itself, also after a sleep in which the connection died unnoticed.
 * @returns ends it
 */
function listen(tell: (action: LiveAction) => void): () => void {
  const ended = new AbortController();
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const connect = (): void => {
    clearTimeout(timer);
    source?.close();
    if (ended.signal.aborted) return;
    const opened = new EventSource('/api/events');
    source = opened;
    opened.addEventListener('open', () => tell({ kind: 'opened' }));
    opened.addEventListener('error', () => {
      tell({ kind: 'dropped' });
      // A browser tries a lost connection again by itself, but not one that was refused.
      if (opened.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(connect, AGAIN_MS);
      void askWhy(tell, ended.signal);
    });
    for (const kind of KINDS) {
      opened.addEventListener(kind, (event: MessageEvent<string>) => {
        tell({ kind, ...(JSON.parse(event.data) as object) } as LiveEvent);
      });
    }
  };

  const wake = async (): Promise<void> => {
    if (document.visibilityState === 'hidden') return;
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(TOO_SLOW_MS)]);
    try {
      tell({ kind: 'overview', overview: await get<Overview>('/api/overview', signal) });
      if (source?.readyState !== EventSource.OPEN) connect();
    } catch {
      if (!ended.signal.aborted) tell({ kind: 'dropped' });
      connect();
    }
  };
  const onWake = (): void => void wake();

  connect();
  document.addEventListener('visibilitychange', onWake, { signal: ended.signal });
  window.addEventListener('online', onWake, { signal: ended.signal });
  window.addEventListener('pageshow', onWake, { signal: ended.signal });
  return () => {
    ended.abort();
    clearTimeout(timer);
    source?.close();
  };
}

/** An event source does not say why it was refused: a plain request does. */
async function askWhy(tell: (action: LiveAction) => void, signal: AbortSignal): Promise<void> {
  try {
    tell({ kind: 'overview', overview: await get<Overview>('/api/overview', signal) });
  } catch (error) {
    if (error instanceof ApiFailure && error.status > 0) tell({ kind: 'refused', trouble: error.trouble });
  }
}
