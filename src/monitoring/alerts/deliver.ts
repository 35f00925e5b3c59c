import { messageOf, redact } from '../../errors/index.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { AlertEvent } from './alert-events.ts';
import { DeliveryError } from './delivery-error.ts';
import { deliveryBody, eventLine } from './delivery-text.ts';
import type { Dispatcher, WebhookOptions } from './webhook.ts';

/** Whom to tell of alerts. */
export interface AlertTargets {
  /** Given one line for each alert that began or ended. */
  readonly log?: (line: string) => void;
  /** An `https:` or `http:` address that is sent JSON by POST. */
  readonly webhook?: string;
  /** Signs what the webhook is sent: header `X-Rowtrail-Signature: sha256=<HMAC of the body, hex>`. */
  readonly secret?: string;
  /** A program and its arguments, run without a shell; it gets the same JSON on stdin. */
  readonly command?: readonly string[];
  /** The way to the webhook; by default the environment's proxy settings hold (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`). */
  readonly dispatcher?: Dispatcher;
}

/** How long to try, and what time it is. */
export interface DeliveryLimits {
  readonly clock?: Clock;
  /** Ends waiting and trying. */
  readonly signal?: AbortSignal;
  /** Milliseconds for one request; 10 s unless given. */
  readonly requestTimeout?: number;
  /** Milliseconds until a command and all that it started are killed; 30 s unless given. */
  readonly commandTimeout?: number;
}

/** What came of telling one target. */
export interface DeliveryResult {
  readonly target: AlertTarget;
  readonly ok: boolean;
  readonly attempts: number;
  /** One sentence without addresses and secrets; null when it went well. */
  readonly error: string | null;
}

export const ALERT_TARGETS = ['log', 'webhook', 'command'] as const;
export type AlertTarget = (typeof ALERT_TARGETS)[number];

/** The targets that are set. Pure. */
export function targetsIn(targets: AlertTargets): readonly AlertTarget[] {
  return ALERT_TARGETS.filter((name) => targets[name] !== undefined);
}

/**
 * Tells each target of its events, all at the same time. Takes at most about a minute, and never rejects: what went wrong is in
 * the results. Nothing is remembered; `AlertDesk` does that.
 * @param csv the CSV's name, without its folder
 * @param events for a target; one that has none is left out
 */
export async function deliverAlerts(
  csv: string,
  events: (target: AlertTarget) => readonly AlertEvent[],
  targets: AlertTargets,
  limits: DeliveryLimits = {},
): Promise<readonly DeliveryResult[]> {
  const due = targetsIn(targets)
    .map((target) => ({ target, events: events(target) }))
    .filter((each) => each.events.length > 0);
  return Promise.all(due.map((each) => tell(csv, each.target, each.events, targets, limits)));
}

async function tell(
  csv: string,
  target: AlertTarget,
  events: readonly AlertEvent[],
  { log, webhook, secret, command, dispatcher }: AlertTargets,
  { clock = systemClock, ...limits }: DeliveryLimits,
): Promise<DeliveryResult> {
  let attempts = 1;
  try {
    if (target === 'log') for (const event of events) log?.(eventLine(csv, event));
    const body = JSON.stringify(deliveryBody(csv, events));
    if (target === 'command' && command !== undefined) {
      const { runCommand } = await import('./command.ts');
      await runCommand(command, body, limits);
    }
    if (target === 'webhook' && webhook !== undefined) {
      const { postWebhook } = await import('./webhook.ts');
      const options: WebhookOptions = { ...limits, clock, secret, dispatcher };
      attempts = await postWebhook(webhook, body, options);
    }
    return { target, ok: true, attempts, error: null };
  } catch (error) {
    attempts = error instanceof DeliveryError ? error.attempts : 1;
    return { target, ok: false, attempts, error: redact(messageOf(error)).slice(0, 500) };
  }
}
