import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { PROMETHEUS_CONTENT_TYPE, renderPrometheus } from '../../src/monitoring/index.ts';
import type { HostPause } from '../../src/index.ts';
import { attemptTotals, metricsAt, NOW, reportWith } from './fixtures.ts';

const ATTEMPTS = {
  youtube: attemptTotals({
    attempts: 9,
    completed: 4,
    failed: 3,
    failedByCause: { timeout: 2, private: 1 },
    files: 4,
    bytes: 4000,
  }),
  drive: attemptTotals({ attempts: 1, completed: 1, averageSeconds: 2, files: 1, bytes: 7 }),
};

const text = (
  metrics = metricsAt(NOW),
  attempts: typeof ATTEMPTS | null = ATTEMPTS,
  pauses: readonly HostPause[] = [],
) => renderPrometheus(metrics, reportWith().downloadStats, attempts, pauses);

it('metrics are in base units, with labels of a bounded number', () => {
  const lines = text().split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      '# TYPE rowtrail_downloads gauge',
      'rowtrail_rows 100',
      'rowtrail_downloads{type="youtube",status="pending"} 30',
      'rowtrail_disk_usage_bytes 1500000000',
      'rowtrail_disk_free_bytes 20000000000',
      `rowtrail_metrics_timestamp_seconds ${NOW / 1000}`,
      '# TYPE rowtrail_attempts_total counter',
      'rowtrail_attempts_total{type="youtube",status="pending"} 2',
      'rowtrail_failed_attempts_total{type="youtube",category="network",cause="timeout"} 2',
      'rowtrail_downloaded_bytes_total{type="drive"} 7',
    ]),
  );
  expect(PROMETHEUS_CONTENT_TYPE).toContain('version=0.0.4');
});

it('a paused host says until when, and one that is not paused nothing', () => {
  const pause: HostPause = {
    host: 'YouTube',
    reason: 'refused',
    cause: 'bot_check',
    message: 'Are you a bot?',
    nextStep: 'Wait.',
    since: new Date(NOW),
    until: new Date(NOW + 60_000),
    waits: true,
  };
  expect(text(metricsAt(NOW), ATTEMPTS, [pause])).toContain(
    `rowtrail_host_paused_until_timestamp_seconds{host="YouTube",cause="bot_check"} ${NOW / 1000 + 60}\n`,
  );
  expect(text()).not.toContain('paused');
});

it('what is unknown is left out', () => {
  const unknown = text(metricsAt(NOW, { diskFreeGb: null, avgDownloadTime: null }), null);
  expect(unknown).not.toMatch(/disk_free|average_seconds|_total|null|NaN/);
});

it('a cause that a ledger brings along is escaped', () => {
  const odd = { ...ATTEMPTS, drive: attemptTotals({ failed: 1, failedByCause: { 'a"\\\n{b}': 1 } }) };
  expect(text(metricsAt(NOW), odd)).toContain(String.raw`cause="a\"\\\n{b}"} 1`);
});

/** What Prometheus' own checker says; null where it is not installed. */
async function promtool(input: string): Promise<{ code: number | null; words: string } | null> {
  const child = spawn('promtool', ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let words = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (words += data.toString()));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, words };
  } catch {
    return null;
  }
}

it("Prometheus' own checker finds nothing to say", async (context) => {
  const checked = await promtool(text());
  if (checked === null) return context.skip('promtool is not installed: apt-get install prometheus');
  expect(checked).toEqual({ code: 0, words: '' });
  expect(await promtool(text(metricsAt(NOW), null))).toEqual({ code: 0, words: '' });
  // It does look.
  expect((await promtool('rowtrailOdd_count 1\n'))?.code).not.toBe(0);
});
