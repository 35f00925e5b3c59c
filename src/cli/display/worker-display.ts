import type { RunEvent } from '../../index.ts';
import type { Terminal } from '../terminal.ts';
import { eventLine } from './event-lines.ts';
import { eventText } from './event-text.ts';

/** A line for each event of a worker, which nobody watches: it has no end, so there are no bars. */
export function openWorkerDisplay(
  { stderr, err }: Terminal,
  { quiet, json }: { readonly quiet: boolean; readonly json: boolean },
): (event: RunEvent) => void {
  return (event) => {
    if (event.kind === 'progress' || (quiet && event.kind !== 'note' && event.kind !== 'paused')) return;
    const line = json ? eventLine(event, new Date()) : eventText(event, err, Infinity);
    if (line !== null) stderr.write(`${line}\n`);
  };
}
