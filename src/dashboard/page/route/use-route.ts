import { useCallback, useEffect, useState } from 'preact/hooks';
import { parseRoute, routeHash, type Route } from './route.ts';

export interface Router {
  readonly route: Route;
  /** Shows another route; `replace` leaves no step for the browser's back button, as typing in a search should. */
  readonly go: (route: Route, replace?: boolean) => void;
}

/** The route of the address, which follows back, forward and links. */
export function useRoute(): Router {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const follow = (): void => setRoute(parseRoute(location.hash));
    window.addEventListener('hashchange', follow);
    window.addEventListener('popstate', follow);
    return () => {
      window.removeEventListener('hashchange', follow);
      window.removeEventListener('popstate', follow);
    };
  }, []);
  const go = useCallback((next: Route, replace = false) => {
    const hash = routeHash(next);
    if (replace) history.replaceState(null, '', hash);
    else history.pushState(null, '', hash);
    setRoute(next);
  }, []);
  return { route, go };
}
