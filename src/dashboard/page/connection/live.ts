import type { IndexState, LiveEvent, Overview } from '../../contract.ts';
import type { Trouble } from './api.ts';

/** `first`: not yet connected; `lost`: the server went away, what was known stays. */
export type Connection = 'first' | 'open' | 'lost';

/** What the page knows from the server's events. */
export interface Live {
  readonly connection: Connection;
  readonly overview: Overview | null;
  readonly index: IndexState;
  /** Of the rows: whoever shows rows asks again when it is another one. */
  readonly version: number;
  /** The CSV has gone; until an overview says otherwise. */
  readonly gone: Trouble | null;
  /** The server turned this page away, as it does without its token. */
  readonly refused: Trouble | null;
}

export type LiveAction =
  | LiveEvent
  | { readonly kind: 'opened' }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'refused'; readonly trouble: Trouble };

export const NOTHING_YET: Live = {
  connection: 'first',
  overview: null,
  index: { state: 'building', fraction: 0 },
  version: 0,
  gone: null,
  refused: null,
};

/** What the page knows after an event: nothing that was shown is taken away but by news of it. */
export function reduce(live: Live, action: LiveAction): Live {
  switch (action.kind) {
    case 'opened':
      return { ...live, connection: 'open', refused: null };
    case 'dropped':
      return { ...live, connection: 'lost' };
    case 'refused':
      return { ...live, connection: 'lost', refused: action.trouble };
    case 'overview':
      return {
        ...withIndex(live, action.overview.index),
        overview: action.overview,
        gone: action.overview.gone,
      };
    case 'index':
      return withIndex(live, action.index);
    case 'rows':
      return { ...live, version: action.version };
    case 'gone':
      return { ...live, gone: action.error };
  }
}

function withIndex(live: Live, index: IndexState): Live {
  return { ...live, index, version: index.state === 'ready' ? index.version : live.version };
}
