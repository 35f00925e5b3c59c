import { nearestName, RowtrailError } from '../../errors/index.ts';
import { ALERT_METRICS, type AlertMetric, isAlertMetric, metricFacts } from './metric-table.ts';

export const COMPARISONS = ['>', '>=', '<', '<=', '==', '!='] as const;
export type Comparison = (typeof COMPARISONS)[number];

export const ALERT_SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** When to raise an alarm. */
export interface AlertCondition {
  /** Unique; the name of a default replaces that one. */
  readonly name: string;
  /** A number of `SystemMetrics`. */
  readonly metric: AlertMetric;
  readonly comparison: Comparison;
  /** In the metric's own unit; rates are fractions. */
  readonly threshold: number;
  /** Seconds that it must have held without a break, as far as the samples on record show; at once unless given. */
  readonly duration?: number;
  readonly severity: AlertSeverity;
  /** Shown instead of our own sentence. */
  readonly message?: string;
}

/** A condition as a user writes it, in a configuration file say: its metric in camelCase or snake_case. */
export type GivenCondition = Omit<AlertCondition, 'metric' | 'comparison' | 'severity'> & {
  readonly metric: string;
  readonly comparison: string;
  /** `warning` unless given. */
  readonly severity?: string;
};

/** The conditions that hold unless they are replaced (API reference). */
export const DEFAULT_ALERTS: readonly AlertCondition[] = [
  {
    name: 'high_failure_rate',
    metric: 'errorRate',
    comparison: '>',
    threshold: 0.2,
    severity: 'warning',
  },
  { name: 'low_disk_space', metric: 'diskFreeGb', comparison: '<', threshold: 1, severity: 'critical' },
  {
    name: 'stuck_downloads',
    metric: 'pendingDownloads',
    comparison: '>',
    threshold: 100,
    severity: 'warning',
  },
  {
    name: 'critical_errors',
    metric: 'criticalErrors',
    comparison: '>=',
    threshold: 1,
    severity: 'critical',
  },
];

/**
 * The defaults and the user's own conditions, one of the same name in the default's place. Pure.
 * @throws RowtrailError `usage` for a condition that could never be judged: it says which, and what is known instead
 */
export function alertConditions(given: readonly GivenCondition[] = []): readonly AlertCondition[] {
  const conditions = new Map(DEFAULT_ALERTS.map((condition) => [condition.name, condition]));
  const own = new Set<string>();
  for (const each of given) {
    const condition = checked(each);
    if (own.has(condition.name)) throw refusal(condition.name, 'there are two alerts of this name');
    own.add(condition.name);
    conditions.set(condition.name, condition);
  }
  return [...conditions.values()];
}

function checked(given: GivenCondition): AlertCondition {
  const { name, threshold, duration, message } = given;
  if (typeof name !== 'string' || !/^[\w.-]{1,64}$/.test(name))
    throw refusal(`${name}`, 'a name has 1 to 64 letters, digits, "_", "-" and "."');
  if (!Number.isFinite(threshold)) throw refusal(name, 'the threshold is not a number');
  if (duration !== undefined && !(duration >= 0 && duration <= 86_400))
    throw refusal(name, 'the duration is not a number of seconds from 0 to 86,400');
  const metric = metricNamed(given.metric, name);
  if (duration !== undefined && duration > 0 && metricFacts(metric).ofSample === null)
    throw refusal(name, `no history of ${metric} is kept, so it cannot have a duration`);
  return {
    name,
    metric,
    comparison: oneOf(COMPARISONS, given.comparison, name, 'comparison'),
    threshold,
    severity: oneOf(ALERT_SEVERITIES, given.severity ?? 'warning', name, 'severity'),
    ...(duration === undefined ? {} : { duration }),
    ...(message === undefined ? {} : { message: String(message).slice(0, 500) }),
  };
}

function metricNamed(given: string, name: string): AlertMetric {
  const metric = String(given).replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (isAlertMetric(metric)) return metric;
  const names = Object.keys(ALERT_METRICS);
  const meant = nearestName(metric, names);
  throw refusal(
    name,
    `there is no metric "${String(given).slice(0, 64)}"${meant === null ? '; known' : `, did you mean ${meant}? Known`} are ${names.join(', ')}`,
  );
}

function oneOf<Value extends string>(
  known: readonly Value[],
  given: string,
  name: string,
  what: string,
): Value {
  const found = known.find((value) => value === given);
  if (found === undefined)
    throw refusal(
      name,
      `the ${what} "${String(given).slice(0, 20)}" is not known; it is one of ${known.join(' ')}`,
    );
  return found;
}

function refusal(name: string, why: string): RowtrailError {
  return new RowtrailError('usage', `alert ${name.slice(0, 64)}: ${why}`);
}
