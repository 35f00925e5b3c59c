import { createLogUpdate } from 'log-update';
import type { Terminal } from '../terminal.ts';
import { eventText } from './event-text.ts';
import type { RunDisplay } from './display.ts';
import { RunScreen } from './run-screen.ts';

/** Milliseconds between two frames. */
const FRAME_MS = 125;

/**
 * What goes on now at the foot of the terminal, redrawn in place; above it, a line for each download that ended. When it is
 * closed, only these lines stay.
 */
export function liveDisplay(terminal: Terminal): RunDisplay {
  const { stderr, err, width } = terminal;
  const foot = createLogUpdate(stderr as NodeJS.WriteStream);
  const screen = new RunScreen();
  const ended: string[] = [];
  const flush = () => {
    if (ended.length > 0) foot.persist(ended.splice(0).join('\n'));
  };
  const draw = () => {
    flush();
    foot(screen.lines({ columns: width.err, rows: terminal.rows, colors: err }).join('\n'));
  };
  terminal.foot.drawn = {
    printAbove: (text) => {
      ended.push(text);
      draw();
    },
  };
  const timer = setInterval(draw, FRAME_MS);
  timer.unref();
  return {
    show: (event) => {
      const line = eventText(event, err, width.err);
      if (line !== null) ended.push(line);
      screen.take(event, line === null ? 0 : line.split('\n').length);
    },
    close: () => {
      clearInterval(timer);
      terminal.foot.drawn = null;
      flush();
      foot.clear();
      foot.done();
    },
  };
}
