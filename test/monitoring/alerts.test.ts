import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricSample } from '../../src/ledger/index.ts';
import { alertConditions, DEFAULT_ALERTS, type GivenCondition } from '../../src/monitoring/index.ts';
import { triggeredAlerts } from '../../src/monitoring/alerts/evaluate.ts';
import { ALERT_METRICS } from '../../src/monitoring/alerts/metric-table.ts';
import type { SystemMetrics } from '../../src/monitoring/system-metrics.ts';
import { metricsAt, NOW, sample } from './fixtures.ts';

const csvPath = 'my people.csv';

function names(metrics: Partial<SystemMetrics>, given: readonly GivenCondition[] = []) {
  const facts = { metrics: metricsAt(NOW, metrics), samples: [], csvPath };
  return triggeredAlerts(alertConditions(given), facts).map(({ name }) => name);
}

describe('the default conditions', () => {
  it('hold exactly beyond their thresholds', () => {
    expect(names({ errorRate: 0.2, diskFreeGb: 1, pendingDownloads: 100, criticalErrors: 0 })).toEqual([]);
    expect(names({ errorRate: 0.2001 })).toEqual(['high_failure_rate']);
    expect(names({ diskFreeGb: 0.999 })).toEqual(['low_disk_space']);
    expect(names({ pendingDownloads: 101 })).toEqual(['stuck_downloads']);
    expect(names({ criticalErrors: 1 })).toEqual(['critical_errors']);
  });

  it('do not hold for what is unknown', () => {
    expect(names({ diskFreeGb: null })).toEqual([]);
  });

  it('are replaced by a condition of the same name, and joined by others', () => {
    const own = [
      { name: 'stuck_downloads', metric: 'pendingDownloads', comparison: '>', threshold: 1000 },
      { name: 'slow', metric: 'avg_download_time', comparison: '>=', threshold: 4, severity: 'info' },
    ];
    expect(names({ pendingDownloads: 101 }, own)).toEqual(['slow']);
    expect(alertConditions(own)).toHaveLength(DEFAULT_ALERTS.length + 1);
  });
});

it('an alert says what is the matter, since when, and which command helps', () => {
  const [alert] = triggeredAlerts(alertConditions(), {
    metrics: metricsAt(NOW, { errorRate: 0.35 }),
    samples: [sample(NOW - 60_000, { errorRate: 0.3 }), sample(NOW - 120_000, { errorRate: 0.1 })],
    csvPath,
  });
  expect(alert).toEqual({
    name: 'high_failure_rate',
    severity: 'warning',
    message: 'The failure rate is 35 %: above 20 %.',
    metric: 'errorRate',
    value: 0.35,
    comparison: '>',
    threshold: 0.2,
    since: new Date(NOW - 60_000).toISOString(),
    timestamp: new Date(NOW).toISOString(),
    nextStep: "See what failed and what mends it: `rowtrail failed 'my people.csv' --by remedy`.",
  });
});

it('each metric that can be watched has a next step with a command', () => {
  for (const facts of Object.values(ALERT_METRICS)) expect(facts.nextStep('x.csv')).toMatch(/`rowtrail \w+/);
});

describe('a condition that could never be judged is refused', () => {
  const condition = (extra: Partial<GivenCondition>) => [
    { name: 'mine', metric: 'errorRate', comparison: '>', threshold: 1, ...extra },
  ];
  it.each([
    [
      { metric: 'error_rte' },
      /alert mine: there is no metric "error_rte", did you mean errorRate\? Known are .*pendingDownloads/,
    ],
    [{ metric: 'failed' }, /no metric "failed"; known are totalRows/],
    [{ metric: 'toString' }, /no metric "toString"/],
    [{ metric: 'x'.repeat(5000) }, /no metric "x{64}"/],
    [{ comparison: '=>' }, /the comparison "=>" is not known; it is one of > >= < <= == !=/],
    [{ severity: 'loud' }, /the severity "loud"/],
    [{ threshold: Number.NaN }, /the threshold is not a number/],
    [{ duration: -1 }, /the duration/],
    [{ metric: 'diskFreeGb', duration: 60 }, /no history of diskFreeGb is kept/],
    [{ name: 'a b' }, /a name has/],
  ])('%j', (extra, words) => {
    expect(() => alertConditions(condition(extra))).toThrow(words);
  });

  it('two of one name', () => {
    expect(() => alertConditions([...condition({}), ...condition({})])).toThrow(/two alerts of this name/);
  });
});

describe('a duration', () => {
  const SECOND = 1000;
  const conditions = (duration: number) =>
    alertConditions([
      { name: 'mine', metric: 'failedDownloads', comparison: '>', threshold: 5, duration },
    ]).filter(({ name }) => name === 'mine');

  const fires = (samples: readonly MetricSample[], value: number, duration: number, now = NOW) =>
    triggeredAlerts(conditions(duration), {
      metrics: metricsAt(now, { failedDownloads: value }),
      samples,
      csvPath,
    }).length > 0;

  /** The same, said naively: within the duration nothing breaks it, and something shows it at its beginning or before. */
  function naive(samples: readonly MetricSample[], value: number, duration: number): boolean {
    if (value <= 5) return false;
    if (duration === 0) return true;
    const start = NOW - duration * SECOND;
    const past = samples.filter(({ at }) => Date.parse(at) <= NOW);
    const within = past.filter(({ at }) => Date.parse(at) > start);
    const before = past.filter(({ at }) => Date.parse(at) <= start);
    const latest = before.reduce<MetricSample | null>(
      (best, each) => (best === null || Date.parse(each.at) > Date.parse(best.at) ? each : best),
      null,
    );
    return within.every(({ failed }) => failed > 5) && latest !== null && latest.failed > 5;
  }

  it('is judged as by its own definition, whatever the samples', () => {
    const moment = fc.record({
      ago: fc.integer({ min: -20, max: 40 }),
      failed: fc.integer({ min: 4, max: 7 }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(moment, { selector: ({ ago }) => ago, maxLength: 30 }),
        fc.integer({ min: 4, max: 7 }),
        fc.integer({ min: 0, max: 30 }),
        (moments, value, duration) => {
          const samples = moments.map(({ ago, failed }) => sample(NOW - ago * SECOND, { failed }));
          expect(fires(samples, value, duration)).toBe(naive(samples, value, duration));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('does not begin in the future, after a clock was set back', () => {
    const ahead = [sample(NOW + 3_600_000, { failed: 9 }), sample(NOW + 7_200_000, { failed: 9 })];
    expect(fires(ahead, 9, 60)).toBe(false);
    expect(fires([...ahead, sample(NOW - 60_000, { failed: 9 })], 9, 60)).toBe(true);
  });

  it('is not broken by samples without a time', () => {
    expect(fires([{ ...sample(NOW), at: 'no time' }, sample(NOW - 90_000, { failed: 9 })], 9, 60)).toBe(true);
  });
});
