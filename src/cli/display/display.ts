import type { RunEvent } from '../../index.ts';

/** Shows a run while it goes, on stderr. */
export interface RunDisplay {
  readonly show: (event: RunEvent) => void;
  readonly close: () => void;
}
