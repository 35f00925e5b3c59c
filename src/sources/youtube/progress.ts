import type { ProgressReport } from './printed-lines.ts';

/** How far the whole of a video is, picture and sound together. */
export interface VideoProgress {
  readonly receivedBytes: number;
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number | null;
  readonly etaSeconds: number | null;
}

/** Milliseconds between two reports to a caller. */
const REPORT_EVERY_MS = 250;

/** Adds up what yt-dlp reports for each format, and reports a few times a second. `now` is in ms. */
export class ProgressSum {
  readonly #received = new Map<string, number>();
  #sizes: ReadonlyMap<string, number | null> = new Map();
  #reportedAt = Number.NEGATIVE_INFINITY;

  /** @param sizes bytes of each format that will be fetched, where known */
  expect(sizes: ReadonlyMap<string, number | null>): void {
    this.#sizes = sizes;
  }

  /** The sum, or null when the last one is too recent to say something new. */
  add(report: ProgressReport, now: number): VideoProgress | null {
    // A transcript has no format.
    if (report.format === '' || this.#received.get(report.format) === report.received) return null;
    this.#received.set(report.format, report.received);
    const done = report.total !== null && report.received >= report.total;
    if (!done && now - this.#reportedAt < REPORT_EVERY_MS) return null;
    this.#reportedAt = now;

    const receivedBytes = sum(this.#received.values());
    const totalBytes = this.#sizes.size > 0 ? this.#total() : report.total;
    const { bytesPerSecond } = report;
    const left = totalBytes === null ? null : Math.max(0, totalBytes - receivedBytes);
    const etaSeconds = left === null || !bytesPerSecond ? report.etaSeconds : left / bytesPerSecond;
    return { receivedBytes, totalBytes, bytesPerSecond, etaSeconds };
  }

  #total(): number | null {
    const sizes = [...this.#sizes.values()];
    return sizes.every((size) => size !== null) ? sum(sizes) : null;
  }
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
