import { createHmac } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { errnoOf } from '../../errors/index.ts';
import type { Clock } from '../clock.ts';
import { DeliveryError } from './delivery-error.ts';

export type { Dispatcher } from 'undici';

export interface WebhookOptions {
  readonly clock: Clock;
  readonly secret: string | undefined;
  readonly dispatcher: Dispatcher | undefined;
  readonly signal?: AbortSignal;
  /** Milliseconds for one request. */
  readonly requestTimeout?: number;
}

const REQUEST_TIMEOUT_MS = 10_000;
/** Waits between the attempts; three requests and both waits stay below a minute. */
const DELAYS_MS = [1000, 5000];
/** The longest Retry-After that is waited for. */
const LONGEST_WAIT_MS = 12_000;

/**
 * Sends a body to a webhook. Tried again when the network fails and when the host answers 429 or 5xx; a redirect is not followed.
 * @param body JSON
 * @returns how many attempts it took
 * @throws DeliveryError that does not show the address: its path and query may be a secret
 */
export async function postWebhook(url: string, body: string, options: WebhookOptions): Promise<number> {
  const address = webhookAddress(url);
  const { request, EnvHttpProxyAgent } = await import('undici');
  await using own =
    options.dispatcher === undefined ? closing(new EnvHttpProxyAgent({ allowH2: false })) : null;
  const dispatcher = options.dispatcher ?? own?.dispatcher;
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'rowtrail',
    ...(options.secret === undefined ? {} : { 'x-rowtrail-signature': signatureOf(body, options.secret) }),
  };
  for (let attempt = 1; ; attempt++) {
    const delay = DELAYS_MS[attempt - 1];
    let wait = delay ?? 0;
    let failure: string;
    try {
      const answer = await request(address, {
        method: 'POST',
        headers,
        body,
        signal: within(options.requestTimeout ?? REQUEST_TIMEOUT_MS, options.signal),
        ...(dispatcher === undefined ? {} : { dispatcher }),
      });
      // A body that breaks off later must not end the process; nobody reads it.
      answer.body.on('error', () => {}).destroy();
      const { statusCode } = answer;
      if (statusCode >= 200 && statusCode < 300) return attempt;
      failure = `the webhook answered ${statusCode}${statusCode >= 300 && statusCode < 400 ? ', a redirect, which is not followed' : ''}`;
      if (statusCode !== 429 && statusCode < 500) throw new DeliveryError(failure, attempt);
      wait = Math.max(wait, retryAfter(answer.headers['retry-after']));
    } catch (error) {
      if (error instanceof DeliveryError) throw error;
      failure = failureOf(error);
      if (options.signal?.aborted) throw new DeliveryError('it was interrupted', attempt);
    }
    if (delay === undefined) throw new DeliveryError(failure, attempt);
    await options.clock.sleep(wait, options.signal).catch(() => {
      throw new DeliveryError(`${failure}; it was interrupted`, attempt);
    });
  }
}

/** `sha256=` and the HMAC of a body, as webhooks of other services have it. Pure. */
export function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

function webhookAddress(url: string): URL {
  const address = URL.parse(url);
  if (address === null) throw new DeliveryError('the address of the webhook is none', 0);
  if (address.protocol !== 'https:' && address.protocol !== 'http:')
    throw new DeliveryError(`a webhook is reached by https or http, not by ${address.protocol}`, 0);
  return address;
}

function closing(dispatcher: Dispatcher): AsyncDisposable & { readonly dispatcher: Dispatcher } {
  return { dispatcher, [Symbol.asyncDispose]: () => dispatcher.destroy() };
}

function within(milliseconds: number, signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(milliseconds);
  return signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
}

/** Milliseconds, as far as we wait. */
function retryAfter(header: string | string[] | undefined): number {
  const seconds = Number(Array.isArray(header) ? header[0] : header);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0) * 1000, LONGEST_WAIT_MS) : 0;
}

/** The code alone: messages of the network name addresses. */
function failureOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'the webhook did not answer in time';
  return `the webhook could not be reached (${errnoOf(error) ?? (error instanceof Error ? error.name : 'unknown')})`;
}
