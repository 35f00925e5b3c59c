import { expect, it } from 'vitest';
import { CAUSES } from '../../src/errors/index.ts';
import { recommend } from '../../src/monitoring/recommendations.ts';
import { commandFor } from '../../src/monitoring/command-line.ts';
import { alertConditions } from '../../src/monitoring/alerts/condition.ts';
import { triggeredAlerts } from '../../src/monitoring/alerts/evaluate.ts';
import type { SystemMetrics } from '../../src/monitoring/system-metrics.ts';
import { metricsAt, NOW } from './fixtures.ts';

function commands(metrics: Partial<SystemMetrics>, ...causes: readonly string[]) {
  const facts = { metrics: metricsAt(NOW, metrics), samples: [], csvPath: 'people.csv' };
  return recommend({
    ...facts,
    alerts: triggeredAlerts(alertConditions(), facts),
    causes: causes.map((cause) => ({ downloadType: 'youtube', cause, category: 'network', attempts: 3 })),
  }).map(({ command }) => command);
}

it('nothing is recommended where all is well', () => {
  expect(commands({ pendingDownloads: 0, failedDownloads: 0 })).toEqual([]);
});

it('what mends a cause decides which command is named', () => {
  const failed = { pendingDownloads: 0, failedDownloads: 3 };
  const all = 'rowtrail failed people.csv --by remedy';
  expect(commands(failed, 'timeout')).toEqual(['rowtrail retry people.csv --category network', all]);
  expect(commands(failed, 'private')).toEqual(['rowtrail failed people.csv --export failed.csv', all]);
  expect(commands(failed, 'age_restricted')).toEqual([
    'rowtrail retry people.csv --cause age_restricted',
    all,
  ]);
  expect(commands(failed, 'ytdlp_missing')).toEqual(['rowtrail doctor', all]);
  expect(commands({ pendingDownloads: 3, failedDownloads: 0 })).toEqual(['rowtrail run people.csv']);
  expect(commands({ pendingDownloads: 3, failedDownloads: 0, activeProcesses: 1 })).toEqual([
    'rowtrail status people.csv',
  ]);
});

it('attempts that failed before the downloads were completed are no reason to do anything', () => {
  expect(commands({ pendingDownloads: 0, failedDownloads: 0 }, 'timeout')).toEqual([]);
});

it('a full disk comes first', () => {
  expect(commands({ diskFreeGb: 0.2 }, 'timeout')[0]).toBe('rowtrail doctor');
});

it('only commands that exist are named, whatever the cause, each once', () => {
  const known =
    /^rowtrail (doctor|(run|status|alerts) people\.csv|failed people\.csv --(by remedy|export failed\.csv)|retry people\.csv --(category|cause) \w+)$/;
  for (const cause of Object.keys(CAUSES)) {
    const named = commands({ errorRate: 0.9, criticalErrors: 2, diskFreeGb: 0.1 }, cause, 'short_body');
    expect(named.length).toBeGreaterThan(0);
    expect(new Set(named).size).toBe(named.length);
    for (const command of named) expect(command).toMatch(known);
  }
});

it('a path is quoted for a shell where it has to be', () => {
  expect(commandFor('run', 'data/people.csv')).toBe('rowtrail run data/people.csv');
  expect(commandFor('run', "it's; rm -rf $HOME.csv")).toBe(
    String.raw`rowtrail run 'it'\''s; rm -rf $HOME.csv'`,
  );
  expect(commandFor('run', '-f.csv')).toBe('rowtrail run ./-f.csv');
});
