import { DOWNLOAD_TYPES } from '../row/index.ts';
import type { DownloadStatusSummary } from '../tracker/index.ts';
import type { DiskUsage } from './disk-usage.ts';
import type { LedgerFacts } from './ledger-facts.ts';
import { fraction } from './system-metrics.ts';
import { BYTES_PER_MB } from './units.ts';

/** Downloads by type and status (API reference). Rates are fractions, 0 to 1; MB are 1,000,000 bytes. */
export interface DownloadStats {
  readonly youtubePending: number;
  readonly youtubeCompleted: number;
  readonly youtubeFailed: number;
  readonly youtubeSuccessRate: number;
  readonly drivePending: number;
  readonly driveCompleted: number;
  readonly driveFailed: number;
  readonly driveSuccessRate: number;
  /** Media files and transcripts of the present downloads, sidecars not counted. */
  readonly totalFilesDownloaded: number;
  readonly totalSizeMb: number;
}

/** Files and sizes as the ledger knows them; where it knows none although something was downloaded, as the disk shows them. Pure. */
export function downloadStats(
  { youtube, drive }: DownloadStatusSummary,
  ledger: LedgerFacts | null,
  usage: DiskUsage,
): DownloadStats {
  const known = (what: 'files' | 'bytes') =>
    DOWNLOAD_TYPES.reduce((total, type) => total + (ledger?.files[type][what] ?? 0), 0);
  const arrived = youtube.completed + drive.completed > 0;
  const files = known('files');
  const bytes = known('bytes');
  return {
    youtubePending: youtube.pending,
    youtubeCompleted: youtube.completed,
    youtubeFailed: youtube.failed,
    youtubeSuccessRate: fraction(youtube.completed, youtube.failed),
    drivePending: drive.pending,
    driveCompleted: drive.completed,
    driveFailed: drive.failed,
    driveSuccessRate: fraction(drive.completed, drive.failed),
    totalFilesDownloaded: files === 0 && arrived ? usage.mediaFiles : files,
    totalSizeMb: (bytes === 0 && arrived ? usage.mediaBytes : bytes) / BYTES_PER_MB,
  };
}
