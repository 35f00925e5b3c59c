import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttemptTotals, MetricSample, Outcome } from '../../src/ledger/index.ts';
import { withTracker } from '../../src/tracker/index.ts';
import type { DownloadType, ItemResult } from '../../src/row/index.ts';
import type { StatusReport } from '../../src/monitoring/report.ts';
import type { SystemMetrics } from '../../src/monitoring/system-metrics.ts';
import { trendOf } from '../../src/monitoring/trend.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Words that must never leave the CSV. */
export const PERSONAL = [
  'Zephyrine',
  'Quillfeather',
  'Oxbow-Tarn',
  'zephyrine.q@example.org',
  'oxbow@example.net',
];

const LINES = [
  'row_id,name,email,type,youtube_playlist,google_drive',
  '1,Zephyrine Quillfeather,zephyrine.q@example.org,T #1,https://youtu.be/aaaaaaaaaaa,https://drive.google.com/file/d/1234567890/view',
  '2,Oxbow-Tarn,oxbow@example.net,T #2,https://youtu.be/bbbbbbbbbbb,',
  '3,Third,third@example.net,T #3,https://youtu.be/ccccccccccc,',
  '4,Fourth,fourth@example.net,T #4,,',
];

/** A CSV with three videos and one file, in a folder of its own with download folders beside it. */
export async function peopleCsv(lines: readonly string[] = LINES) {
  const folder = await tempFolder();
  const csvPath = join(folder, 'people.csv');
  await writeFile(csvPath, `${lines.join('\n')}\n`);
  return { folder, csvPath, youtubeDir: join(folder, 'youtube'), driveDir: join(folder, 'drive') };
}

const PEOPLE = LINES.slice(1).map((line) => line.split(','));

export interface Recorded {
  readonly rowId: string;
  readonly downloadType?: DownloadType;
  /** A failure's cause; completed unless given. */
  readonly cause?: string;
  readonly message?: string;
  readonly permanent?: boolean;
  /** It costs no attempt. */
  readonly later?: boolean;
  readonly endedAt: Date;
  readonly seconds?: number;
  /** Bytes of the one file that arrived. */
  readonly size?: number;
}

/** Records an attempt as a run does. */
export function record(csvPath: string, given: Recorded): Promise<unknown> {
  const { rowId, downloadType = 'youtube', cause = null, endedAt, seconds = 5, size = 1000 } = given;
  const [, name = '', email = '', type = '', video = '', drive = ''] =
    PEOPLE.find(([id]) => id === rowId) ?? [];
  const item: ItemResult = {
    kind: downloadType === 'youtube' ? 'video' : 'file',
    position: 0,
    mediaId: `media-${rowId}`,
    title: null,
    sourceUrl: 'https://example.org/',
    files: cause === null ? [{ path: `clip-${rowId}.mp4`, size, sha256: 'ab'.repeat(32) }] : [],
    metadataFile: null,
    failure: cause === null ? null : { cause, message: given.message ?? `it failed: ${cause}` },
  };
  const outcome: Outcome = {
    status: statusOf(given),
    cause,
    category: cause === null ? null : 'network',
    message: cause === null ? null : (given.message ?? `it failed: ${cause}`),
    permanent: given.permanent ?? false,
    notBefore: null,
    scope: 'full',
  };
  return withTracker(csvPath, (tracker) =>
    tracker.record({
      row: { rowId, type, name, email },
      downloadType,
      link: downloadType === 'youtube' ? video : drive,
      generation: null,
      lease: null,
      startedAt: new Date(endedAt.getTime() - seconds * 1000).toISOString(),
      endedAt: endedAt.toISOString(),
      items: [item],
      outcome,
      folder: null,
      runId: 'run-1',
    }),
  );
}

function statusOf({ cause, later }: Recorded): Outcome['status'] {
  if (cause === undefined) return 'completed';
  return later === true ? 'pending' : 'failed';
}

export function attemptTotals(extra: Partial<AttemptTotals> = {}): AttemptTotals {
  return {
    attempts: 0,
    completed: 0,
    failed: 0,
    failedByCause: {},
    failedByCategory: {},
    putOffByCause: {},
    averageSeconds: null,
    files: 0,
    bytes: 0,
    ...extra,
  };
}

export const NOW = Date.parse('2026-11-20T12:00:00.000Z');

export function sample(at: number, extra: Partial<MetricSample> = {}): MetricSample {
  return {
    at: new Date(at).toISOString(),
    totalRows: 100,
    pending: 50,
    completed: 40,
    failed: 10,
    successRate: 0.8,
    errorRate: 0.2,
    avgDownloadTime: 4,
    diskUsageBytes: 1_000_000,
    activeProcesses: 2,
    downloadedBytes: 900_000,
    ...extra,
  };
}

export function metricsAt(at: number, extra: Partial<SystemMetrics> = {}): SystemMetrics {
  return {
    timestamp: new Date(at).toISOString(),
    totalRows: 100,
    pendingDownloads: 50,
    completedDownloads: 45,
    failedDownloads: 5,
    successRate: 0.9,
    avgDownloadTime: 4,
    diskUsageGb: 1.5,
    errorRate: 0.1,
    activeProcesses: 0,
    diskUsageSource: 'disk',
    diskFreeGb: 20,
    criticalErrors: 0,
    ...extra,
  };
}

export function reportWith(extra: Partial<StatusReport> = {}): StatusReport {
  return {
    generatedAt: new Date(NOW).toISOString(),
    csvPath: 'people.csv',
    metrics: metricsAt(NOW),
    downloadStats: {
      youtubePending: 30,
      youtubeCompleted: 40,
      youtubeFailed: 4,
      youtubeSuccessRate: 40 / 44,
      drivePending: 20,
      driveCompleted: 5,
      driveFailed: 1,
      driveSuccessRate: 5 / 6,
      totalFilesDownloaded: 60,
      totalSizeMb: 1500,
    },
    trend: trendOf([], NOW),
    alerts: [],
    pausedHosts: [],
    recommendations: [],
    causes: [],
    ...extra,
  };
}
