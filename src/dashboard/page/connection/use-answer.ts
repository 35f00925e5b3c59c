import { useEffect, useRef, useState } from 'preact/hooks';
import { Asker, type Asked } from './asker.ts';

export interface Answer<T> extends Asked<T> {
  readonly again: () => void;
}

const NOTHING = { data: null, trouble: null, loading: true };

/**
 * An answer of the server, asked anew when there is news. A new path drops what was shown for the one before.
 * @param news another value: the answer may be another one
 */
export function useAnswer<T>(path: string, news: unknown = null): Answer<T> {
  const [state, setState] = useState<{ path: string; asked: Asked<T> }>({ path, asked: NOTHING });
  const asker = useRef<Asker<T> | null>(null);
  const known = useRef(news);
  useEffect(() => {
    const mine = new Asker<T>(path, (asked) => setState({ path, asked }));
    asker.current = mine;
    return () => mine.end();
  }, [path]);
  useEffect(() => {
    if (known.current !== news) asker.current?.ask();
    known.current = news;
  }, [news]);
  const asked = state.path === path ? state.asked : NOTHING;
  return { ...asked, again: () => asker.current?.ask() };
}
