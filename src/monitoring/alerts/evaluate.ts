import type { MetricSample } from '../../ledger/index.ts';
import { validSamples } from '../samples.ts';
import type { SystemMetrics } from '../system-metrics.ts';
import type { AlertCondition, AlertSeverity, Comparison } from './condition.ts';
import { type AlertMetric, metricFacts } from './metric-table.ts';

/** A condition that holds. */
export interface Alert {
  readonly name: string;
  readonly severity: AlertSeverity;
  /** One sentence. */
  readonly message: string;
  readonly metric: AlertMetric;
  readonly value: number;
  readonly comparison: Comparison;
  readonly threshold: number;
  /** From when on the samples show that it held, ISO 8601. */
  readonly since: string;
  /** When it was judged, ISO 8601. */
  readonly timestamp: string;
  /** What to do; names a command. */
  readonly nextStep: string;
}

/** What alerts are judged by. */
export interface AlertFacts {
  readonly metrics: SystemMetrics;
  /** In any order; those from the future, from a clock that was wrong, do not count. */
  readonly samples: readonly MetricSample[];
  /** As it stands in the commands of the next steps. */
  readonly csvPath: string;
}

/**
 * The conditions that hold, in their order. Now is the time of the metrics. One with a duration must have held in each sample
 * of that time and in one before it; samples are made while a run works and when somebody asks, so between two of them what
 * both show is taken to have held. Pure.
 */
export function triggeredAlerts(
  conditions: readonly AlertCondition[],
  { metrics, samples, csvPath }: AlertFacts,
): readonly Alert[] {
  const now = Date.parse(metrics.timestamp);
  const past = validSamples(samples, now);
  return conditions.flatMap((condition) => {
    const { name, severity, metric, comparison, threshold, duration = 0 } = condition;
    const facts = metricFacts(metric);
    const value = facts.of(metrics);
    if (value === null || !compare(value, comparison, threshold)) return [];
    const since = heldSince(condition, past, now);
    if (now - since < duration * 1000) return [];
    return [
      {
        name,
        severity,
        message: condition.message ?? sentence(condition, value),
        metric,
        value,
        comparison,
        threshold,
        since: new Date(since).toISOString(),
        timestamp: metrics.timestamp,
        nextStep: facts.nextStep(csvPath),
      },
    ];
  });
}

/** Milliseconds since 1970. */
function heldSince(
  { metric, comparison, threshold }: AlertCondition,
  past: readonly MetricSample[],
  now: number,
): number {
  const { ofSample } = metricFacts(metric);
  if (ofSample === null) return now;
  const holds = (sample: MetricSample): boolean => {
    const value = ofSample(sample);
    return value !== null && compare(value, comparison, threshold);
  };
  const broken = past.findLastIndex((sample) => !holds(sample));
  const first = past[broken + 1];
  return first === undefined ? now : Date.parse(first.at);
}

function compare(value: number, comparison: Comparison, threshold: number): boolean {
  switch (comparison) {
    case '>':
      return value > threshold;
    case '>=':
      return value >= threshold;
    case '<':
      return value < threshold;
    case '<=':
      return value <= threshold;
    case '==':
      return value === threshold;
    case '!=':
      return value !== threshold;
  }
}

const WORDS: Readonly<Record<Comparison, string>> = {
  '>': 'above',
  '>=': 'at or above',
  '<': 'below',
  '<=': 'at or below',
  '==': 'exactly',
  '!=': 'not',
};

function sentence({ metric, comparison, threshold }: AlertCondition, value: number): string {
  const { label, format } = metricFacts(metric);
  const [first = '', ...rest] = label;
  return `${first.toUpperCase()}${rest.join('')} is ${format(value)}: ${WORDS[comparison]} ${format(threshold)}.`;
}
