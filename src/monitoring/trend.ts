import type { MetricSample } from '../ledger/index.ts';
import { validSamples } from './samples.ts';
import { BYTES_PER_GB, DAY_MS, HOUR_MS } from './units.ts';

/** How one metric went; `change` is last less first. */
export interface MetricTrend {
  readonly first: number;
  readonly last: number;
  readonly min: number;
  readonly max: number;
  readonly change: number;
}

/** A moment of the trend, for charts. */
export interface TrendPoint {
  /** ISO 8601. */
  readonly at: string;
  readonly pending: number;
  readonly completed: number;
  readonly failed: number;
}

/** The last 24 hours, as far as there are samples. */
export interface Trend {
  /** ISO 8601; null where there are none. */
  readonly from: string | null;
  readonly to: string | null;
  readonly samples: number;
  /** By the metric's name; null where no sample has it. */
  readonly metrics: Readonly<Record<TrendMetric, MetricTrend | null>>;
  /** At most 97, each the last sample of its quarter of an hour. */
  readonly points: readonly TrendPoint[];
  /** Downloads that were completed an hour, while somebody worked in the last three hours; null when unknown. */
  readonly throughputPerHour: number | null;
  /** Seconds until nothing is pending any more at the pace of that time; null when unknown, 0 when nothing is pending. */
  readonly etaSeconds: number | null;
}

const METRICS = {
  totalRows: ({ totalRows }) => totalRows,
  pendingDownloads: ({ pending }) => pending,
  completedDownloads: ({ completed }) => completed,
  failedDownloads: ({ failed }) => failed,
  successRate: ({ successRate }) => successRate,
  errorRate: ({ errorRate }) => errorRate,
  avgDownloadTime: ({ avgDownloadTime }) => avgDownloadTime,
  diskUsageGb: ({ diskUsageBytes }) => diskUsageBytes / BYTES_PER_GB,
  activeProcesses: ({ activeProcesses }) => activeProcesses,
  downloadedGb: ({ downloadedBytes }) => downloadedBytes / BYTES_PER_GB,
} as const satisfies Record<string, (sample: MetricSample) => number | null>;

export type TrendMetric = keyof typeof METRICS;

const BUCKET_MS = 900_000;
/** How far back the pace is looked for. */
const PACE_MS = 3 * HOUR_MS;
/** Between samples that are further apart nobody worked: a run makes one a minute. */
const GAP_MS = 600_000;

/**
 * The trend up to now. Samples of the future, after a clock was set back, do not count. Pure.
 * @param samples in any order
 * @param now milliseconds since 1970
 */
export function trendOf(samples: readonly MetricSample[], now: number): Trend {
  const day = validSamples(samples, now).filter(({ at }) => Date.parse(at) >= now - DAY_MS);
  const pace = paceOf(day, now);
  const pending = day.at(-1)?.pending ?? null;
  return {
    from: day[0]?.at ?? null,
    to: day.at(-1)?.at ?? null,
    samples: day.length,
    metrics: metricTrends(day),
    points: pointsOf(day),
    throughputPerHour: pace && pace.completed / (pace.milliseconds / HOUR_MS),
    etaSeconds: etaOf(pending, pace),
  };
}

function metricTrends(day: readonly MetricSample[]): Trend['metrics'] {
  const trend = (name: TrendMetric) => metricTrend(day, METRICS[name]);
  return {
    totalRows: trend('totalRows'),
    pendingDownloads: trend('pendingDownloads'),
    completedDownloads: trend('completedDownloads'),
    failedDownloads: trend('failedDownloads'),
    successRate: trend('successRate'),
    errorRate: trend('errorRate'),
    avgDownloadTime: trend('avgDownloadTime'),
    diskUsageGb: trend('diskUsageGb'),
    activeProcesses: trend('activeProcesses'),
    downloadedGb: trend('downloadedGb'),
  };
}

function metricTrend(
  day: readonly MetricSample[],
  of: (sample: MetricSample) => number | null,
): MetricTrend | null {
  const values = day.map(of).filter((value) => value !== null);
  const [first] = values;
  const last = values.at(-1);
  if (first === undefined || last === undefined) return null;
  const pick = (better: (a: number, b: number) => number) => values.reduce((a, b) => better(a, b));
  return { first, last, min: pick(Math.min), max: pick(Math.max), change: last - first };
}

function pointsOf(day: readonly MetricSample[]): readonly TrendPoint[] {
  const buckets = new Map<number, TrendPoint>();
  for (const { at, pending, completed, failed } of day)
    buckets.set(Math.floor(Date.parse(at) / BUCKET_MS), { at, pending, completed, failed });
  return [...buckets.values()];
}

interface Pace {
  readonly completed: number;
  /** Downloads that stopped being pending. */
  readonly worked: number;
  readonly milliseconds: number;
}

/** What was done in the time in which somebody worked; resets and new rows, which undo some of it, do not count. */
function paceOf(day: readonly MetricSample[], now: number): Pace | null {
  const recent = day.filter(({ at }) => Date.parse(at) >= now - PACE_MS);
  let [completed, worked, milliseconds] = [0, 0, 0];
  for (const [place, sample] of recent.entries()) {
    const before = recent[place - 1];
    if (before === undefined) continue;
    const passed = Date.parse(sample.at) - Date.parse(before.at);
    const newlyCompleted = Math.max(sample.completed - before.completed, 0);
    const noLongerPending = Math.max(before.pending - sample.pending, 0);
    const isIdle = before.activeProcesses + sample.activeProcesses + newlyCompleted + noLongerPending === 0;
    if (passed > GAP_MS || isIdle) continue;
    milliseconds += passed;
    completed += newlyCompleted;
    worked += noLongerPending;
  }
  return milliseconds === 0 ? null : { completed, worked, milliseconds };
}

function etaOf(pending: number | null, pace: Pace | null): number | null {
  if (pending === 0) return 0;
  if (pending === null || pace === null || pace.worked === 0) return null;
  return Math.round((pending * pace.milliseconds) / pace.worked / 1000);
}
