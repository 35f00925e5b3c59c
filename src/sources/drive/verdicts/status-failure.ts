import { type GoogleReason, isLimitOfRequests, RowtrailError } from '../../../errors/index.ts';
import { readGoogleError } from './google-error.ts';
import { quotaFailure, retryAfter } from './retry-after.ts';

const EXPORT_TOO_LARGE = 'exportSizeLimitExceeded';

/** An answer that is no file, its body read as text. */
export interface Refusal {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
  /** Whether the request said who asks, with a key or a token. */
  readonly hasAccess?: boolean;
}

/** When the host may be asked again, where it said so. */
type Until = { readonly notBefore?: string };

/** Why a host refused, from the reason in the body, the status and Retry-After. */
export async function statusFailure(
  { status, retryAfter: header, body, hasAccess = false }: Refusal,
  now: Date,
): Promise<RowtrailError> {
  const wait = retryAfter(header, now);
  const until: Until = wait === undefined ? {} : { notBefore: wait };
  const said = `the host answered ${status}`;
  const comeBackLater = () =>
    new RowtrailError('too_many_requests', `The host asks us to come back later (${said})`, until);
  if (status >= 500) {
    const words = await wordsFailure(body, now, until);
    // What else a host says that has an error is not believed.
    if (words?.code === 'too_many_requests') return words;
    return wait === undefined
      ? new RowtrailError('server_error', `The host had an error (${said})`)
      : comeBackLater();
  }
  const error = readGoogleError(body);
  if (error !== null && error.known !== null) return reasonFailure(error.known, now, until);
  if (status === 429)
    return new RowtrailError('too_many_requests', `The host asks us to slow down (${said})`, until);
  if (status === 404 || status === 410)
    return new RowtrailError('not_found', `There is no such file (${said})`);
  if (status === 408) return new RowtrailError('timeout', `The host gave up waiting (${said})`);
  if (status === 401 && (hasAccess || error?.isGoogles === true))
    return new RowtrailError('credentials_unusable', `Google refused the credentials (${said})`);
  const words = await wordsFailure(body, now, until);
  if (words !== null) return words;
  if (status === 401 || status === 403) {
    // Who forbids one file for good names no time.
    if (wait !== undefined) return comeBackLater();
    if (typeof error?.unknown === 'string') return unknownReason(error.unknown, said);
    return new RowtrailError('not_shared', `The file is not shared with everyone (${said})`);
  }
  return new RowtrailError('unexpected_page', `The host answered in a way we do not know (${status})`);
}

function reasonFailure({ reason, cause, sentence }: GoogleReason, now: Date, until: Until): RowtrailError {
  if (cause === 'quota_exceeded') return quotaFailure(sentence, reason, now);
  const isForNow = cause === 'too_many_requests' || cause === 'server_error';
  if (isForNow && until.notBefore !== undefined)
    return new RowtrailError('too_many_requests', sentence, { detail: reason, ...until });
  return new RowtrailError(cause, sentence, { detail: reason });
}

function unknownReason(reason: string, said: string): RowtrailError {
  const shown = /^[\w.-]{1,60}$/.test(reason) ? `: ${reason}` : '';
  return new RowtrailError(
    'unexpected_page',
    `The host refused for a reason that we do not know${shown} (${said})`,
    { detail: reason.slice(0, 200) },
  );
}

/** Whether Google asks for fewer requests, and not for none: the reason says so, and no time to wait for stands with it. */
export function asksToSlowDown(error: unknown): boolean {
  if (!(error instanceof RowtrailError) || error.code !== 'too_many_requests') return false;
  return error.notBefore === undefined && isLimitOfRequests(error.detail ?? '');
}

/** Whether the API refused an export for its size; the document's own address has no such limit. */
export function isExportTooLarge(error: unknown): boolean {
  return error instanceof RowtrailError && error.detail === EXPORT_TOO_LARGE;
}

async function wordsFailure(body: string, now: Date, until: Until): Promise<RowtrailError | null> {
  const { pageFailure } = await import('./page.ts');
  const failure = pageFailure(body, now);
  if (failure.code === 'unexpected_page') return null;
  if (failure.code !== 'too_many_requests' || until.notBefore === undefined) return failure;
  const { message, detail = '' } = failure;
  return new RowtrailError('too_many_requests', message, { detail, ...until });
}
