import { parse } from 'node-html-parser';
import { z } from 'zod';
import { type Cause, RowtrailError } from '../../errors/index.ts';
import { pageFailure } from './page.ts';
import { quotaEnd, retryAfter } from './retry-after.ts';

/** The reasons of Google's JSON errors; three of them come with the same status. */
const REASONS: Readonly<Record<string, readonly [Cause, string]>> = {
  userRateLimitExceeded: ['too_many_requests', 'Google asks us to slow down'],
  rateLimitExceeded: ['too_many_requests', 'Google asks us to slow down'],
  downloadQuotaExceeded: ['quota_exceeded', 'Too many people have downloaded the file'],
  dailyLimitExceeded: ['quota_exceeded', 'The quota of the day is used up'],
  cannotDownloadFile: ['download_disabled', 'Downloading is switched off for the file'],
  notFound: ['not_found', 'There is no such file'],
};

const jsonError = z.object({ error: z.object({ errors: z.array(z.object({ reason: z.string() })).min(1) }) });

/** An answer that is no file, its body read as text. */
export interface Refusal {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** Why a host refused, from the status, the reason in the body and Retry-After. */
export function statusFailure({ status, retryAfter: header, body }: Refusal, now: Date): RowtrailError {
  const wait = retryAfter(header, now);
  const until = wait === undefined ? {} : { notBefore: wait };
  const said = `the host answered ${status}`;
  if (status === 429)
    return new RowtrailError('too_many_requests', `Google asks us to slow down (${said})`, until);
  if (status >= 500) {
    return wait === undefined
      ? new RowtrailError('server_error', `The host had an error (${said})`)
      : new RowtrailError('too_many_requests', `The host asks us to come back later (${said})`, until);
  }
  if (status === 404 || status === 410)
    return new RowtrailError('not_found', `There is no such file (${said})`);
  if (status === 408) return new RowtrailError('timeout', `The host gave up waiting (${said})`);
  const reason = reasonFailure(body, now) ?? wordsFailure(body, now);
  if (reason !== null) return reason;
  if (status === 401 || status === 403) {
    return new RowtrailError('not_shared', `The file is not shared with everyone (${said})`);
  }
  return new RowtrailError('unexpected_page', `The host answered in a way we do not know (${status})`);
}

function reasonFailure(body: string, now: Date): RowtrailError | null {
  const parsed = jsonError.safeParse(parseJson(body));
  const reason = parsed.success ? (parsed.data.error.errors[0]?.reason ?? '') : '';
  const known = Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined;
  if (known === undefined) return null;
  const [cause, sentence] = known;
  return new RowtrailError(cause, sentence, {
    detail: reason,
    ...(cause === 'quota_exceeded' ? { notBefore: quotaEnd(now) } : {}),
  });
}

function wordsFailure(body: string, now: Date): RowtrailError | null {
  const failure = pageFailure(parse(body), now);
  return failure.code === 'unexpected_page' ? null : failure;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
