import type { RunEvent } from '../../index.ts';
import { jsonLine } from '../snake-case.ts';
import type { Terminal } from '../terminal.ts';
import type { RunDisplay } from './display.ts';

/** Between two lines on the same transfer. */
const PROGRESS_EVERY_MS = 1000;

/** Each event as a line of JSON on stderr: `{"event": "completed", "at": "...", "row_id": ...}`. @param now milliseconds that only grow */
export function eventLines({ stderr }: Terminal, now: () => number): RunDisplay {
  const told = new Map<string, number>();
  return {
    show: (event) => {
      if (event.kind === 'progress') {
        const { rowId, downloadType, label, receivedBytes, totalBytes } = event.progress;
        const transfer = `${downloadType}:${rowId}:${label}`;
        const isWhole = receivedBytes === totalBytes;
        if (!isWhole && now() - (told.get(transfer) ?? -Infinity) < PROGRESS_EVERY_MS) return;
        if (isWhole) told.delete(transfer);
        else told.set(transfer, now());
      }
      stderr.write(`${eventLine(event, new Date())}\n`);
    },
    close: () => {},
  };
}

/** One event as a line of JSON. Pure. A result is told by what it brought: whose it is says row_id. */
export function eventLine(event: RunEvent, at: Date): string {
  const { kind, ...facts } = event;
  const told = { event: kind, at: at.toISOString() };
  switch (event.kind) {
    case 'completed': {
      const { rowId, downloadType, totals, result } = event;
      const { filesDownloaded: files, mediaId } = result;
      return jsonLine({ ...told, rowId, downloadType, files, mediaId, totals });
    }
    case 'progress':
      return jsonLine({ ...told, ...event.progress, totals: event.totals });
    case 'failed':
    case 'retrying':
    case 'waiting': {
      const { failure, ...others } = facts as Omit<typeof event, 'kind'>;
      const { name: _, ...failed } = failure;
      return jsonLine({ ...told, ...failed, ...others });
    }
    default:
      return jsonLine({ ...told, ...facts });
  }
}
