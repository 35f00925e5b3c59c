import { type DownloadMonitor, getRunState, type MetricSample, type TrackerOptions } from '../../index.ts';
import type { TrendData, TrendSeries } from '../contract.ts';

const DAY_MS = 86_400_000;
/** Points of a chart: more than a screen has columns would be drawn for nothing. */
const MOST_POINTS = 1500;
const NONE: TrendSeries = { at: [], pending: [], completed: [], failed: [], diskBytes: [] };

/** The samples of the last day, and of the present or the last run. */
export async function readTrend(
  monitor: DownloadMonitor,
  csvPath: string,
  tracking: TrackerOptions,
): Promise<TrendData> {
  const run = await getRunState(csvPath, tracking);
  const [from, to] =
    run.state !== 'idle' ? [run.since, null] : [run.lastRun?.since ?? null, run.lastRun?.endedAt ?? null];
  const day = await monitor.samplesSince(new Date(Date.now() - DAY_MS).toISOString());
  if (from === null) return { day: series(day), run: NONE };
  const samples = await monitor.samplesSince(from);
  // The last sample of a run is made at its very end.
  const last = to === null ? Infinity : Date.parse(to) + 1000;
  return { day: series(day), run: series(samples.filter(({ at }) => Date.parse(at) <= last)) };
}

function series(samples: readonly MetricSample[]): TrendSeries {
  const step = Math.ceil(samples.length / MOST_POINTS) || 1;
  const kept = samples.filter((_, at) => at % step === 0 || at === samples.length - 1);
  return {
    at: kept.map(({ at }) => Math.round(Date.parse(at) / 1000)),
    pending: kept.map(({ pending }) => pending),
    completed: kept.map(({ completed }) => completed),
    failed: kept.map(({ failed }) => failed),
    diskBytes: kept.map(({ diskUsageBytes }) => diskUsageBytes),
  };
}
