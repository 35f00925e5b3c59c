import { useEffect, useReducer } from 'preact/hooks';
import { Listener } from './listener.ts';
import { NOTHING_YET, reduce, type Live } from './live.ts';

/** What the server tells, for as long as the page is open. */
export function useLive(): Live {
  const [live, tell] = useReducer(reduce, NOTHING_YET);
  useEffect(() => {
    const listener = new Listener(tell);
    return () => listener.end();
  }, []);
  return live;
}
