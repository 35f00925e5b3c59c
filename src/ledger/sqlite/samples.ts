import type { MetricSample } from '../history.ts';
import { keptSince } from '../recording/samples-kept.ts';
import type { Statements } from './statements.ts';

/** Samples read in one go; less than a millisecond of work. */
const SAMPLES_IN_A_SLICE = 1000;

/** A part of the samples, and the time after which the next part begins; null after the last one. */
export interface SampleSlice {
  readonly samples: readonly MetricSample[];
  readonly next: string | null;
}

/** Metric samples, one a minute while a run works. */
export class Samples {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  record(sample: MetricSample): void {
    this.#statements.sql('DELETE FROM metric_sample WHERE at < ?').run(keptSince(sample));
    this.#statements
      .sql(
        `INSERT OR REPLACE INTO metric_sample (at, total_rows, pending, completed, failed, success_rate, error_rate,
           avg_download_time, disk_usage_bytes, active_processes, downloaded_bytes)
         VALUES (@at, @totalRows, @pending, @completed, @failed, @successRate, @errorRate,
           @avgDownloadTime, @diskUsageBytes, @activeProcesses, @downloadedBytes)`,
      )
      .run(sample);
  }

  /** @returns how many went */
  drop(before: string): number {
    return this.#statements.sql('DELETE FROM metric_sample WHERE at < ?').run(before).changes;
  }

  /** @param at ISO 8601. @param isAfter whether a sample of this very time is left out */
  after(at: string, isAfter: boolean): SampleSlice {
    const samples = this.#statements
      .sql(
        `SELECT at, total_rows AS totalRows, pending, completed, failed, success_rate AS successRate, error_rate AS errorRate,
           avg_download_time AS avgDownloadTime, disk_usage_bytes AS diskUsageBytes, active_processes AS activeProcesses,
           downloaded_bytes AS downloadedBytes
         FROM metric_sample WHERE at >= ? AND NOT (? AND at = ?) ORDER BY at LIMIT ?`,
      )
      .all(at, isAfter ? 1 : 0, at, SAMPLES_IN_A_SLICE) as MetricSample[];
    const last = samples.length === SAMPLES_IN_A_SLICE ? samples.at(-1) : undefined;
    return { samples, next: last?.at ?? null };
  }
}
