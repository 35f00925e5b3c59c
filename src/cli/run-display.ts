import { MultiBar, type SingleBar } from 'cli-progress';
import type { DownloadType, RunEvent } from '../index.ts';
import { cutToWidth } from './render/table.ts';
import { bytesText, durationText, timeText, TYPE_NAMES } from './render/words.ts';
import { safe, type Terminal } from './terminal.ts';

/** Shows a run while it goes, on stderr. */
export interface RunDisplay {
  readonly show: (event: RunEvent) => void;
  readonly close: () => void;
}

/** Bars where a person watches, a plain line for each download elsewhere. */
export function openRunDisplay(terminal: Terminal): RunDisplay {
  return terminal.interactive ? liveDisplay(terminal) : plainDisplay(terminal);
}

function plainDisplay({ stderr, err }: Terminal): RunDisplay {
  return {
    show: (event) => {
      const line = lineOf(event, err);
      if (line !== null) stderr.write(`${line}\n`);
    },
    close: () => {},
  };
}

function liveDisplay({ stderr, err, columns }: Terminal): RunDisplay {
  const bars = new MultiBar(
    {
      stream: stderr,
      hideCursor: true,
      clearOnComplete: true,
      forceRedraw: true,
      fps: 8,
      barsize: Math.max(10, Math.min(30, columns - 50)),
      linewrap: false,
      emptyOnZero: true,
      format: '{label} {bar} {text}',
    },
    { format: '', barCompleteChar: '█', barIncompleteChar: '░' },
  );
  const active = new Map<string, SingleBar>();
  const labelWidth = Math.max(12, Math.min(28, columns - 60));
  const label = (text: string) => cutToWidth(text, labelWidth).padEnd(labelWidth);
  let overall: SingleBar | null = null;
  let done = 0;
  let total = 0;
  const drop = (type: DownloadType, rowId: string) => {
    const bar = active.get(`${type}:${rowId}`);
    if (bar) bars.remove(bar);
    active.delete(`${type}:${rowId}`);
    overall?.update(++done, { text: `${done}/${total}` });
  };
  return {
    show: (event) => {
      const line = lineOf(event, err);
      if (line !== null) bars.log(`${cutToLine(line)}\n`);
      switch (event.kind) {
        case 'planned':
          total = [event.plan.youtube, event.plan.drive].reduce(
            (sum, { toFetch, malformed }) => sum + toFetch + malformed,
            0,
          );
          if (total > 0)
            overall = bars.create(total, 0, { label: label('all downloads'), text: `0/${total}` });
          break;
        case 'started':
          active.set(
            `${event.downloadType}:${event.rowId}`,
            bars.create(1, 0, { label: label(`${event.rowId} ${TYPE_NAMES[event.downloadType]}`), text: '' }),
          );
          break;
        case 'progress': {
          const { rowId, downloadType, receivedBytes, totalBytes, bytesPerSecond, etaSeconds } =
            event.progress;
          const bar = active.get(`${downloadType}:${rowId}`);
          bar?.setTotal(totalBytes ?? Math.max(receivedBytes, 1));
          bar?.update(totalBytes === null ? 0 : receivedBytes, {
            text: [
              bytesText(receivedBytes),
              bytesPerSecond === null ? '' : `${bytesText(bytesPerSecond)}/s`,
              etaSeconds === null ? '' : `${durationText(etaSeconds)} left`,
            ]
              .filter((part) => part !== '')
              .join('  '),
          });
          break;
        }
        case 'completed':
          drop(event.downloadType, event.rowId);
          break;
        case 'failed':
          drop(event.failure.downloadType, event.failure.rowId);
          break;
        case 'paused':
        case 'note':
          break;
      }
    },
    close: () => bars.stop(),
  };
}

/** One event as a line, or null for what only a bar shows. */
function lineOf(event: RunEvent, colors: Terminal['err']): string | null {
  switch (event.kind) {
    case 'completed':
      return `${colors.green('done  ')} ${safe(event.rowId)} ${TYPE_NAMES[event.downloadType]}: ${safe(event.result.filesDownloaded.join(', ') || 'nothing new')}`;
    case 'failed': {
      const { rowId, downloadType, status, message } = event.failure;
      const word = status === 'failed' ? colors.red('failed') : colors.yellow('later ');
      return `${word} ${safe(rowId)} ${TYPE_NAMES[downloadType]}: ${safe(message)}`;
    }
    case 'paused': {
      const { host, until, waits } = event.pause;
      const then = waits
        ? 'the run waits and then tries again'
        : 'longer than --max-wait: its rows stay pending';
      return `${colors.yellow('paused')} ${host} turns us away until ${timeText(new Date(until))}; ${then}`;
    }
    case 'note':
      return `${colors.yellow('note  ')} ${event.rowId === undefined ? '' : `row ${safe(event.rowId)}: `}${safe(event.message)}`;
    default:
      return null;
  }
}

function cutToLine(line: string): string {
  return line.length > 400 ? `${line.slice(0, 399)}…` : line;
}
