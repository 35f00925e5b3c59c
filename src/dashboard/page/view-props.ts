import type { Live } from './connection/live.ts';
import type { Route } from './route/route.ts';

/** What each view is given. */
export interface ViewProps {
  readonly live: Live;
  readonly route: Route;
  /** Shows another route; `replace` leaves no step for the back button. */
  readonly go: (route: Route, replace?: boolean) => void;
}
