import type { TrackerOptions } from '../index.ts';
import { counted } from './render/words.ts';
import { safe, say, type Terminal } from './terminal.ts';

/** Notes shown one by one; after that they are only counted. */
const SHOWN = 50;

/** What a command that opens a CSV passes on to the person while it works. */
export interface NoteLines {
  readonly onNote: NonNullable<TrackerOptions['onNote']>;
  /** Says how many were not shown. */
  readonly close: () => void;
}

/** Notes as lines on stderr, so that what a command prints on stdout stays the same with and without them. */
export function openNotes(terminal: Terminal): NoteLines {
  let count = 0;
  const line = (text: string) => say(terminal, `${terminal.err.yellow('note:')} ${safe(text)}`);
  return {
    onNote: ({ rowId, message }) => {
      if (++count <= SHOWN) line(rowId === null ? message : `row ${rowId}: ${message}`);
    },
    close: () => {
      if (count > SHOWN) line(`and ${counted(count - SHOWN, 'more note')}`);
    },
  };
}
