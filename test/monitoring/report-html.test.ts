import fc from 'fast-check';
import { parse } from 'node-html-parser';
import { describe, expect, it } from 'vitest';
import { escapeHtml, plainWords } from '../../src/monitoring/html/escape.ts';
import { durationText, percentText, sizeText } from '../../src/monitoring/words.ts';
import { renderReportHtml, type StatusReport } from '../../src/monitoring/index.ts';
import { alertConditions } from '../../src/monitoring/alerts/condition.ts';
import { triggeredAlerts } from '../../src/monitoring/alerts/evaluate.ts';
import { trendOf } from '../../src/monitoring/trend.ts';
import type { HostPause } from '../../src/index.ts';
import { metricsAt, NOW, reportWith, sample } from './fixtures.ts';

const failure = (message: string, rowId = '007') => ({
  rowId,
  downloadType: 'youtube' as const,
  cause: 'timeout',
  category: 'network',
  remedy: 'run_again' as const,
  message,
  nextStep: 'Run again.',
  attempts: 2,
  lastAttempt: '2026-11-20T10:00:00.000Z',
});

function fullReport(extra: Partial<StatusReport> = {}): StatusReport {
  const metrics = metricsAt(NOW, { errorRate: 0.4 });
  const samples = Array.from({ length: 30 }, (_, n) => sample(NOW - n * 600_000, { completed: 90 - n }));
  return reportWith({
    metrics,
    trend: trendOf(samples, NOW),
    alerts: triggeredAlerts(alertConditions(), { metrics, samples: [], csvPath: 'people.csv' }),
    recommendations: [
      { message: '5 downloads have failed.', command: 'rowtrail failed people.csv --by remedy' },
    ],
    causes: [{ downloadType: 'youtube', cause: 'timeout', category: 'network', attempts: 4 }],
    failedDownloads: [failure('the host did not answer')],
    ...extra,
  });
}

it('the page asks nobody for anything and runs nothing', () => {
  const html = renderReportHtml(fullReport());
  const page = parse(html);
  expect(page.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content')).toBe(
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  );
  expect(page.querySelectorAll('script, link, iframe, img, object, form, a')).toEqual([]);
  expect(html).not.toMatch(/https?:|url\(|@import|\son\w+=|src=/i);
});

it('a paused host is shown with what to do, escaped', () => {
  const pause: HostPause = {
    host: 'a<b>.example',
    reason: 'refused',
    cause: 'too_many_requests',
    message: '',
    nextStep: 'Wait & run again.',
    since: new Date(NOW),
    until: new Date(NOW + 60_000),
    waits: false,
  };
  const html = renderReportHtml(fullReport({ pausedHosts: [pause] }));
  expect(html).not.toContain('a<b>');
  expect(parse(html).text).toContain('too_many_requests');
  expect(html).toContain('Wait &amp; run again.');
});

it('alerts, charts, what to do and what failed are shown', () => {
  const page = parse(renderReportHtml(fullReport()));
  expect(page.querySelectorAll('h2').map(({ text }) => text)).toEqual([
    'Alerts',
    'Status',
    'Completed in the last 24 hours',
    'Failed attempts by cause',
    'What to do',
    'Failed downloads',
  ]);
  expect(page.querySelectorAll('svg')).toHaveLength(4);
  expect(page.querySelectorAll('code').map(({ text }) => text)).toContain(
    'rowtrail failed people.csv --by remedy',
  );
  expect(page.querySelector('polyline')?.getAttribute('points')?.split(' ').length).toBeGreaterThan(10);
  expect(page.querySelectorAll('tbody tr')).toHaveLength(1);
});

it('a page about nothing says so', () => {
  const stats = Object.fromEntries(Object.keys(reportWith().downloadStats).map((key) => [key, 0]));
  const metrics = metricsAt(NOW, {
    totalRows: 0,
    pendingDownloads: 0,
    completedDownloads: 0,
    failedDownloads: 0,
    avgDownloadTime: null,
    diskUsageGb: 0,
    diskFreeGb: null,
  });
  const html = renderReportHtml(
    reportWith({ metrics, downloadStats: { ...reportWith().downloadStats, ...stats }, failedDownloads: [] }),
  );
  expect(html).not.toMatch(/NaN|null|undefined|Infinity/);
  for (const words of [
    'no links',
    'Nothing to show yet',
    'No attempt failed',
    'all is well',
    'No download has failed',
  ])
    expect(html).toContain(words);
});

it('hostile words stay words', () => {
  const evil = `</td></table><script>alert(1)</script><img src=x onerror="alert(2)">' onload='x`;
  const html = renderReportHtml(
    fullReport({
      csvPath: `/home/somebody/${evil.replaceAll('/', '')}.csv`,
      failedDownloads: [failure(evil, evil)],
      causes: [{ downloadType: 'youtube', cause: evil, category: evil, attempts: 1 }],
      recommendations: [{ message: evil, command: evil }],
      alerts: fullReport().alerts.map((alert) => ({
        ...alert,
        name: evil,
        message: evil,
        nextStep: `${evil}\`${evil}\``,
      })),
    }),
  );
  const page = parse(html);
  expect(page.querySelectorAll('script, img')).toEqual([]);
  expect(
    page
      .querySelectorAll('*')
      .flatMap(({ attributes }) => Object.keys(attributes))
      .filter((name) => name.startsWith('on')),
  ).toEqual([]);
  expect(html).not.toContain('somebody');
});

it('a megabyte of text and a hundred thousand failures make a small page', () => {
  const huge = renderReportHtml(fullReport({ failedDownloads: [failure('<'.repeat(1 << 20))] }));
  expect(huge.length).toBeLessThan(30_000);
  const many = renderReportHtml(
    fullReport({ failedDownloads: Array.from({ length: 100_000 }, (_, n) => failure('x', `${n}`)) }),
  );
  expect(many).toContain('99,000 more are in the JSON report');
  expect(many.length).toBeLessThan(1_000_000);
});

describe('escaped text', () => {
  it('is read back as it was meant, and opens no tag and no attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 800 }), (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"'\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
        expect(escaped.isWellFormed()).toBe(true);
        expect(parse(`<p title="${escaped}">${escaped}</p>`).querySelector('p')?.text).toBe(plainWords(text));
        expect([...plainWords(text)].length).toBeLessThanOrEqual(300);
      }),
      { numRuns: 1000 },
    );
  });

  it('does not turn the direction of what follows', () => {
    expect(escapeHtml('a\u202Eb\u2066c\nd')).toBe('abc d');
  });
});

it('figures are short', () => {
  expect([0, 999, 1000, 1_234_567, 999_600, 5.2e12].map(sizeText)).toEqual([
    '0 B',
    '999 B',
    '1 kB',
    '1.2 MB',
    '1 MB',
    '5.2 TB',
  ]);
  expect([0.4, 59.7, 60, 3661, 90_000, 86_400].map(durationText)).toEqual([
    '0.4 s',
    '1 min',
    '1 min',
    '1 h 1 min',
    '1 d 1 h',
    '1 d',
  ]);
  expect([0, 0.1234, 1].map(percentText)).toEqual(['0 %', '12.3 %', '100 %']);
});
