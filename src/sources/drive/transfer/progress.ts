import type { TransferProgress } from '../../source.ts';

const INTERVAL_MS = 250;
/** The speed is that of the last seconds, so that it follows what the connection does now. */
const WINDOW_MS = 5000;

export interface ProgressTarget {
  readonly rowId: string;
  readonly label: string;
  /** The host's name for the file, once it is known. */
  readonly title?: () => string | null;
  readonly onProgress: (progress: TransferProgress) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
}

/**
 * Turns byte counts into progress, at most four times a second and once at the end, with the speed in bytes a second
 * and the seconds that are left.
 */
export function progressMeter({ rowId, label, title = () => null, onProgress, clock }: ProgressTarget) {
  let samples: { readonly at: number; readonly bytes: number }[] = [];
  return (received: number, total: number | null): void => {
    const at = clock();
    const last = samples.at(-1);
    if (last !== undefined && at - last.at < INTERVAL_MS && received !== total) return;
    samples = [
      ...samples.filter((sample) => at - sample.at <= WINDOW_MS && sample.bytes <= received),
      { at, bytes: received },
    ];
    const first = samples[0];
    const seconds = first === undefined ? 0 : (at - first.at) / 1000;
    const speed = first === undefined || seconds === 0 ? null : (received - first.bytes) / seconds;
    const eta =
      speed === null || speed === 0 || total === null ? null : Math.max(0, (total - received) / speed);
    onProgress({
      rowId,
      downloadType: 'drive',
      label,
      title: title(),
      receivedBytes: received,
      totalBytes: total,
      bytesPerSecond: speed,
      etaSeconds: eta,
    });
  };
}
