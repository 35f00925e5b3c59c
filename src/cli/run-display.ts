import { MultiBar, type SingleBar } from 'cli-progress';
import type { DownloadType, HostPause, RunEvent } from '../index.ts';
import { cutToWidth, wrapText } from './render/wrap.ts';
import { bytesText, clockText, timeText, TYPE_NAMES } from './render/words.ts';
import { OverallBars } from './overall-bars.ts';
import { jsonLine } from './snake-case.ts';
import { safe, type Terminal } from './terminal.ts';
import { totalsText } from './totals-text.ts';
import { TransferSum } from './transfer-sum.ts';

/** Columns of the word that a line begins with, and the space behind it. */
const WORD = 7;
/** Columns of `1.4 MB  842 kB/s  1:03:20 left` and what stands around it. */
const FIGURES = 33;
/** Bars get no longer on a wider terminal. */
const MAX_COLUMNS = 200;

/** Between two lines that say how far a run is, where nobody watches. */
const TOTALS_EVERY_MS = 60_000;

/** Shows a run while it goes, on stderr. */
export interface RunDisplay {
  readonly show: (event: RunEvent) => void;
  readonly close: () => void;
}

/**
 * Bars where a person watches, a plain line for each download elsewhere.
 * @param now milliseconds that only grow
 */
export function openRunDisplay(terminal: Terminal, now = () => performance.now()): RunDisplay {
  return terminal.interactive ? liveDisplay(terminal) : plainDisplay(terminal, now);
}

/** Each event as a line of JSON, for programs that watch a run. */
export function eventLines({ stderr }: Terminal): RunDisplay {
  return { show: (event) => void stderr.write(`${jsonLine(event)}\n`), close: () => {} };
}

function plainDisplay({ stderr, err }: Terminal, now: () => number): RunDisplay {
  let toldAt = now();
  return {
    show: (event) => {
      const line = lineOf(event, err, Infinity);
      if (line !== null) stderr.write(`${line}\n`);
      if (!('totals' in event) || now() - toldAt < TOTALS_EVERY_MS) return;
      toldAt = now();
      stderr.write(`so far ${totalsText(event.totals)}\n`);
    },
    close: () => {},
  };
}

function liveDisplay(terminal: Terminal): RunDisplay {
  const { stderr, err, width } = terminal;
  const columns = Math.min(width.err, MAX_COLUMNS);
  const labelWidth = Math.max(12, Math.min(28, columns - 60));
  const barWidth = Math.max(4, Math.min(30, columns - labelWidth - FIGURES));
  const textWidth = Math.max(0, columns - labelWidth - barWidth - 3);
  const bars = new MultiBar(
    {
      stream: stderr,
      hideCursor: true,
      clearOnComplete: true,
      forceRedraw: true,
      fps: 8,
      barsize: barWidth,
      linewrap: false,
      emptyOnZero: true,
      format: '{label} {bar} {text}',
    },
    { format: '', barCompleteChar: '█', barIncompleteChar: '░' },
  );
  const active = new Map<string, { readonly bar: SingleBar; readonly sum: TransferSum }>();
  const label = (text: string) => cutToWidth(text, labelWidth).padEnd(labelWidth);
  const overall = new OverallBars(bars, {
    label,
    text: (text) => cutToWidth(text, textWidth),
    line: (text) => cutToWidth(text, columns),
  });
  const drop = (type: DownloadType, rowId: string) => {
    const shown = active.get(`${type}:${rowId}`);
    if (shown) bars.remove(shown.bar);
    active.delete(`${type}:${rowId}`);
  };
  return {
    show: (event) => {
      const line = lineOf(event, err, terminal.width.err);
      if (line !== null) bars.log(`${line}\n`);
      switch (event.kind) {
        case 'planned':
          overall.begin(event.plan);
          break;
        case 'started':
          // More bars than the terminal has lines would scroll and leave their traces.
          if (active.size + overall.lines >= terminal.rows - 2) break;
          active.set(`${event.downloadType}:${event.rowId}`, {
            bar: bars.create(1, 0, {
              label: label(`${event.rowId} ${TYPE_NAMES[event.downloadType]}`),
              text: 'starting',
            }),
            sum: new TransferSum(),
          });
          break;
        case 'progress': {
          overall.update(event.totals);
          const { rowId, downloadType } = event.progress;
          const shown = active.get(`${downloadType}:${rowId}`);
          if (shown === undefined) break;
          const { bar, sum } = shown;
          const { receivedBytes, totalBytes, bytesPerSecond, etaSeconds } = sum.add(event.progress);
          bar.setTotal(totalBytes ?? Math.max(receivedBytes, 1));
          bar.update(totalBytes === null ? 0 : receivedBytes, {
            text: cutToWidth(
              [
                bytesText(receivedBytes),
                bytesPerSecond === null ? '' : `${bytesText(bytesPerSecond)}/s`,
                etaSeconds === null || etaSeconds < 1 ? '' : `${clockText(etaSeconds)} left`,
              ]
                .filter((part) => part !== '')
                .join('  '),
              textWidth,
            ),
          });
          break;
        }
        case 'completed':
          drop(event.downloadType, event.rowId);
          overall.update(event.totals);
          break;
        case 'failed':
          drop(event.failure.downloadType, event.failure.rowId);
          overall.update(event.totals);
          break;
        case 'retrying':
        case 'waiting':
          drop(event.failure.downloadType, event.failure.rowId);
          break;
        case 'paused':
          overall.pause(event.pause);
          break;
        case 'resumed':
          overall.resume(event.host);
          break;
        case 'alert':
        case 'note':
          break;
      }
    },
    close: () => bars.stop(),
  };
}

/** One event as a line of at most this width, or null for what only a bar shows. */
function lineOf(event: RunEvent, colors: Terminal['err'], width: number): string | null {
  const line = (word: string, text: string) => `${word} ${cutToWidth(text, width - WORD)}`;
  switch (event.kind) {
    case 'planned':
      if (event.pace === 'polite') return null;
      return wrapped(
        `${colors.yellow('pace  ')} ${event.pace === 'off' ? 'off: hosts are asked without any pause between' : `${event.pace / 1000} s between two starts at a host`}`,
        width,
      );
    case 'completed':
      return line(
        colors.green('done  '),
        `${event.rowId} ${TYPE_NAMES[event.downloadType]}: ${event.result.filesDownloaded.join(', ') || 'nothing new'}`,
      );
    case 'failed': {
      const { rowId, downloadType, status, message } = event.failure;
      const word = status === 'failed' ? colors.red('failed') : colors.yellow('later ');
      return line(word, `${rowId} ${TYPE_NAMES[downloadType]}: ${message}`);
    }
    case 'retrying': {
      const { rowId, downloadType, message } = event.failure;
      const what = `${rowId} ${TYPE_NAMES[downloadType]}: tried again in ${event.seconds} s: ${message}`;
      return line(colors.yellow('retry '), what);
    }
    case 'paused':
      return wrapped(`${colors.yellow('paused')} ${pauseText(event.pause)}`, width);
    case 'resumed':
      return line(colors.green('resume'), `${event.host} answers again`);
    case 'alert':
      return wrapped(`${colors.yellow('alert ')} ${safe(event.message)}`, width);
    case 'note':
      return wrapped(
        `${colors.yellow('note  ')} ${event.rowId === undefined ? '' : `row ${safe(event.rowId)}: `}${safe(event.message)}`,
        width,
      );
    default:
      return null;
  }
}

function pauseText({ host, reason, until, waits, nextStep }: HostPause): string {
  const time = timeText(until);
  const then = 'the run waits and then tries again';
  if (reason === 'unreachable')
    return waits
      ? `${host} cannot be reached, until ${time}: ${then}. ${nextStep}`
      : `${host} cannot be reached: its rows stay pending. ${nextStep}`;
  return `${host} turns us away until ${time}: ${waits ? then : 'longer than --max-wait, its rows stay pending'}. ${nextStep}`;
}

function wrapped(text: string, width: number): string {
  return wrapText(text, { width, indent: ' '.repeat(WORD) });
}
