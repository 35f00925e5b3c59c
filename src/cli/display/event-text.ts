import type { DownloadResult, HostPause, RunEvent } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { counted, countText, timeText, TYPE_NAMES } from '../render/words.ts';
import { cutToWidth, wrapText } from '../render/wrap.ts';

/** Columns of the word that a line begins with, and the space behind it. */
const WORD = 7;

/** So many of the files that a download brought are named. */
const FILES_NAMED = 5;

/** One event as a line of at most this width, or null for what only a bar shows. */
export function eventText(event: RunEvent, colors: Terminal['err'], width: number): string | null {
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
        `${event.rowId} ${TYPE_NAMES[event.downloadType]}${withoutText(event.result)}: ${filesText(event.result.filesDownloaded)}`,
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

/** A folder may bring thousands of them. */
function filesText(files: readonly string[]): string {
  if (files.length === 0) return 'nothing new';
  const named = files.slice(0, FILES_NAMED).join(', ');
  return files.length > FILES_NAMED ? `${named} and ${countText(files.length - FILES_NAMED)} more` : named;
}

/** What a playlist or folder is completed without: it is gone for good. */
function withoutText({ items = [] }: DownloadResult): string {
  const missing = items.filter(({ failure }) => failure !== null).length;
  return missing === 0 ? '' : `, without ${counted(missing, 'item')} that cannot be had`;
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
