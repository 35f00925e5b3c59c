import type { Terminal } from '../terminal.ts';
import type { RunDisplay } from './display.ts';
import { eventLines } from './event-lines.ts';
import { plainDisplay, quietDisplay } from './plain-display.ts';

export interface DisplayOptions {
  /** Nothing but alerts. */
  readonly quiet?: boolean;
  /** Each event as a line of JSON, for programs. */
  readonly json?: boolean;
  /** Milliseconds that only grow. */
  readonly now?: () => number;
}

/** Bars where a person watches, a plain line for each download elsewhere, lines of JSON for a program. */
export async function openRunDisplay(
  terminal: Terminal,
  { quiet = false, json = false, now = () => performance.now() }: DisplayOptions = {},
): Promise<RunDisplay> {
  if (quiet) return quietDisplay(terminal, { json });
  if (json) return eventLines(terminal, now);
  if (!terminal.interactive) return plainDisplay(terminal, now);
  // Loaded for a person who watches a run: no other command has to start with it.
  const { liveDisplay } = await import('./live-display.ts');
  return liveDisplay(terminal);
}
