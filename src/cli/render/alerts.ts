import type { Alert, DeliveryResult } from '../../index.ts';
import { snakeCase } from '../snake-case.ts';
import { safe, type Terminal } from '../terminal.ts';
import { timeText } from './words.ts';
import { wrapText } from './wrap.ts';

/** The alerts for `--json`: the metric is called as `rowtrail metrics --json`, the configuration and the webhook call it. */
export function alertsForJson(alerts: readonly Alert[]): readonly unknown[] {
  return alerts.map((alert) => ({ ...alert, metric: snakeCase(alert.metric) }));
}

/** Each alert with what to do about it. */
export function renderAlerts(alerts: readonly Alert[], { out, width }: Terminal): string {
  const line = (text: string) => wrapText(text, { width: width.out, indent: '  ' });
  if (alerts.length === 0) return line('No alerts: everything is as it should be.');
  return alerts
    .map(({ name, severity, message, since, timestamp, nextStep }) => {
      const colour = severity === 'critical' || severity === 'error' ? out.red : out.yellow;
      const held = since === timestamp ? '' : out.dim(` (since ${timeText(new Date(since))})`);
      return [
        line(`${colour(severity)} ${out.bold(safe(name))}: ${safe(message)}${held}`),
        line(`  ${safe(nextStep)}`),
      ].join('\n');
    })
    .join('\n');
}

/** Whom alerts were sent to. */
export function renderDeliveries(deliveries: readonly DeliveryResult[], { out, width }: Terminal): string {
  if (deliveries.length === 0)
    return wrapText('Nobody had to be told: nothing changed since the last time.', { width: width.out });
  return deliveries
    .map(({ target, ok, error }) =>
      wrapText(
        ok
          ? `${out.green('told')} the ${target}`
          : `${out.red('not told')} the ${target}: ${safe(error ?? '')}`,
        { width: width.out, indent: '  ' },
      ),
    )
    .join('\n');
}
