import type { AlertEvent } from './alert-events.ts';

/** What a webhook and a command get; it names no row and no person. */
export interface DeliveryBody {
  readonly version: 1;
  /** The CSV's name, without its folder. */
  readonly csv: string;
  /** For people; chats that take webhooks show it. */
  readonly text: string;
  readonly alerts: readonly Readonly<Record<string, unknown>>[];
}

/** Pure. */
export function deliveryBody(csv: string, events: readonly AlertEvent[]): DeliveryBody {
  return {
    version: 1,
    csv,
    text: events.map((event) => eventLine(csv, event)).join('\n'),
    alerts: events.map(({ event, at, alert }) => ({
      event,
      at,
      name: alert.name,
      severity: alert.severity,
      message: alert.message,
      metric: alert.metric.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value: alert.value,
      comparison: alert.comparison,
      threshold: alert.threshold,
      since: alert.since,
      timestamp: alert.timestamp,
      next_step: alert.nextStep,
    })),
  };
}

/** An event on one line, for logs. Pure. */
export function eventLine(csv: string, { event, alert }: AlertEvent): string {
  const line =
    event === 'begun'
      ? `[${alert.severity}] ${csv}: ${alert.name}: ${alert.message} ${alert.nextStep}`
      : `[over] ${csv}: ${alert.name}, which began at ${alert.since}`;
  return line.replaceAll(/\p{Cc}+/gu, ' ');
}
