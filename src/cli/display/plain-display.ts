import type { Terminal } from '../terminal.ts';
import { eventLine } from './event-lines.ts';
import { eventText } from './event-text.ts';
import type { RunDisplay } from './display.ts';
import { totalsText } from './totals-text.ts';

/** Between two lines that say how far a run is, where nobody watches. */
const TOTALS_EVERY_MS = 60_000;

/** A line for each download, for logs. @param now milliseconds that only grow */
export function plainDisplay({ stderr, err }: Terminal, now: () => number): RunDisplay {
  let toldAt = now();
  return {
    show: (event) => {
      const line = eventText(event, err, Infinity);
      if (line !== null) stderr.write(`${line}\n`);
      if (!('totals' in event) || now() - toldAt < TOTALS_EVERY_MS) return;
      toldAt = now();
      stderr.write(`so far ${totalsText(event.totals)}\n`);
    },
    close: () => {},
  };
}

/** Alerts only: whoever asks for quiet still wants to hear them. */
export function quietDisplay({ stderr, err }: Terminal, { json }: { readonly json: boolean }): RunDisplay {
  return {
    show: (event) => {
      if (event.kind !== 'alert') return;
      const line = json ? eventLine(event, new Date()) : eventText(event, err, Infinity);
      if (line !== null) stderr.write(`${line}\n`);
    },
    close: () => {},
  };
}
