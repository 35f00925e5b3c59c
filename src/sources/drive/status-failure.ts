import { z } from 'zod';
import { type Cause, RowtrailError } from '../../errors/index.ts';
import { pageFailure } from './page.ts';
import { parsePage } from './parse-page.ts';
import { quotaFailure, retryAfter } from './retry-after.ts';

/** The reasons of Google's JSON errors; most of them come with the same status. */
const REASONS: Readonly<Record<string, readonly [Cause, string]>> = {
  userRateLimitExceeded: ['too_many_requests', 'Google asks us to slow down'],
  rateLimitExceeded: ['too_many_requests', 'Google asks us to slow down'],
  sharingRateLimitExceeded: ['too_many_requests', 'Google asks us to slow down'],
  downloadQuotaExceeded: ['quota_exceeded', 'Too many people have downloaded the file'],
  dailyLimitExceeded: ['quota_exceeded', 'The quota of the day is used up'],
  quotaExceeded: ['quota_exceeded', 'The quota of the day is used up'],
  cannotDownloadFile: ['download_disabled', 'Downloading is switched off for the file'],
  cannotDownloadAbusiveFile: [
    'download_disabled',
    'Google takes the file for harmful: only its owner may download it',
  ],
  fileNotDownloadable: ['unsupported_link', 'The file has no content that could be downloaded'],
  fileNotExportable: ['unsupported_link', 'The document cannot be exported'],
  exportSizeLimitExceeded: ['unsupported_link', 'The document is too large to be exported'],
  notFound: ['not_found', 'There is no such file'],
  insufficientFilePermissions: ['not_shared', 'The file is not shared with us'],
  appNotAuthorizedToFile: ['not_shared', 'The file is not shared with us'],
  forbidden: ['not_shared', 'The file is not shared with us'],
  authError: ['credentials_unusable', 'Google refused the credentials'],
  insufficientPermissions: ['credentials_unusable', 'The credentials are not for reading from Drive'],
  keyInvalid: ['credentials_unusable', 'Google refused the API key'],
  keyExpired: ['credentials_unusable', 'The API key has expired'],
  ipRefererBlocked: ['credentials_unusable', 'The API key is not for this address'],
  accessNotConfigured: [
    'credentials_unusable',
    'The Drive API is not switched on in the project of the credentials',
  ],
  API_KEY_INVALID: ['credentials_unusable', 'Google refused the API key'],
  API_KEY_SERVICE_BLOCKED: ['credentials_unusable', 'The API key is not for the Drive API'],
  API_KEY_IP_ADDRESS_BLOCKED: ['credentials_unusable', 'The API key is not for this address'],
  SERVICE_DISABLED: [
    'credentials_unusable',
    'The Drive API is not switched on in the project of the credentials',
  ],
};

const SLOW_DOWN: ReadonlySet<string> = new Set([
  'userRateLimitExceeded',
  'rateLimitExceeded',
  'sharingRateLimitExceeded',
]);
const EXPORT_TOO_LARGE = 'exportSizeLimitExceeded';

const reasons = z
  .array(z.object({ reason: z.string().optional() }))
  .optional()
  .catch([]);
const jsonError = z.object({ error: z.object({ errors: reasons, details: reasons }) });

/** An answer that is no file, its body read as text. */
export interface Refusal {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** Why a host refused, from the reason in the body, the status and Retry-After. */
export async function statusFailure(
  { status, retryAfter: header, body }: Refusal,
  now: Date,
): Promise<RowtrailError> {
  const wait = retryAfter(header, now);
  const said = `the host answered ${status}`;
  const reason = status < 500 ? reasonFailure(body, now, wait) : null;
  if (reason !== null) return reason;
  const until = wait === undefined ? {} : { notBefore: wait };
  if (status === 429)
    return new RowtrailError('too_many_requests', `The host asks us to slow down (${said})`, until);
  if (status >= 500) {
    return wait === undefined
      ? new RowtrailError('server_error', `The host had an error (${said})`)
      : new RowtrailError('too_many_requests', `The host asks us to come back later (${said})`, until);
  }
  if (status === 404 || status === 410)
    return new RowtrailError('not_found', `There is no such file (${said})`);
  if (status === 408) return new RowtrailError('timeout', `The host gave up waiting (${said})`);
  const words = await wordsFailure(body, now);
  if (words !== null) return words;
  if (status === 401 || status === 403) {
    return new RowtrailError('not_shared', `The file is not shared with everyone (${said})`);
  }
  return new RowtrailError('unexpected_page', `The host answered in a way we do not know (${status})`);
}

/** The failure that a JSON error of Google's names in any of its parts; null for another text and other reasons. */
function reasonFailure(body: string, now: Date, wait: string | undefined): RowtrailError | null {
  const parsed = jsonError.safeParse(parseJson(body));
  if (!parsed.success) return null;
  const { details = [], errors = [] } = parsed.data.error;
  const said = [...details, ...errors].flatMap(({ reason }) => reason ?? []);
  const reason = said.find((word) => Object.hasOwn(REASONS, word));
  const known = reason === undefined ? undefined : REASONS[reason];
  if (reason === undefined || known === undefined) return null;
  const [cause, sentence] = known;
  if (cause === 'quota_exceeded') return quotaFailure(sentence, reason, now);
  const until = cause === 'too_many_requests' && wait !== undefined ? { notBefore: wait } : {};
  return new RowtrailError(cause, sentence, { detail: reason, ...until });
}

/** Whether Google asks for fewer requests, and not for none: the reason says so, and no time to wait for stands with it. */
export function asksToSlowDown(error: unknown): boolean {
  if (!(error instanceof RowtrailError) || error.code !== 'too_many_requests') return false;
  return error.notBefore === undefined && SLOW_DOWN.has(error.detail ?? '');
}

/** Whether the API refused an export for its size; the document's own address has no such limit. */
export function isExportTooLarge(error: unknown): boolean {
  return error instanceof RowtrailError && error.detail === EXPORT_TOO_LARGE;
}

async function wordsFailure(body: string, now: Date): Promise<RowtrailError | null> {
  const failure = pageFailure(await parsePage(body), now);
  return failure.code === 'unexpected_page' ? null : failure;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
