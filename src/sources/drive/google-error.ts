import { z } from 'zod';
import type { Cause } from '../../errors/index.ts';

/** A reason of Google's, and what it means. */
export interface KnownReason {
  readonly reason: string;
  readonly cause: Cause;
  readonly sentence: string;
}

/** The limits of requests: fewer of them are answered. */
const LIMITS: readonly string[] = [
  'userRateLimitExceeded',
  'userRateLimitExceededUnreg',
  'rateLimitExceeded',
  'rateLimitExceededUnreg',
  'sharingRateLimitExceeded',
  'servingLimitExceeded',
  'concurrentLimitExceeded',
  'RATE_LIMIT_EXCEEDED',
];

/** The reasons of Google's JSON errors; most of them come with the same status. Only few are of the file that was asked for. */
const REASONS: readonly (readonly [Cause, string, readonly string[]])[] = [
  ['too_many_requests', 'Google asks us to slow down', LIMITS],
  ['quota_exceeded', 'Too many people have downloaded the file', ['downloadQuotaExceeded']],
  [
    'quota_exceeded',
    'The quota of the day is used up',
    ['dailyLimitExceeded', 'dailyLimitExceededUnreg', 'quotaExceeded'],
  ],
  ['server_error', 'Google had an error', ['backendError', 'internalError']],
  ['download_disabled', 'Downloading is switched off for the file', ['cannotDownloadFile']],
  [
    'download_disabled',
    'Google takes the file for harmful: only its owner may download it',
    ['cannotDownloadAbusiveFile'],
  ],
  ['unsupported_link', 'The file has no content that could be downloaded', ['fileNotDownloadable']],
  ['unsupported_link', 'The document cannot be exported', ['fileNotExportable']],
  ['unsupported_link', 'The document is too large to be exported', ['exportSizeLimitExceeded']],
  ['not_found', 'There is no such file', ['notFound']],
  [
    'not_shared',
    'The file is not shared with us',
    ['insufficientFilePermissions', 'appNotAuthorizedToFile', 'teamDriveMembershipRequired'],
  ],
  ['credentials_unusable', 'Google refused the credentials', ['authError', 'ACCESS_TOKEN_TYPE_UNSUPPORTED']],
  ['credentials_unusable', 'The access token has expired', ['expired', 'ACCESS_TOKEN_EXPIRED']],
  [
    'credentials_unusable',
    'The credentials are not for reading from Drive',
    ['insufficientPermissions', 'insufficientScopes', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'],
  ],
  [
    'credentials_unusable',
    'The account of the credentials is disabled or deleted',
    ['accountDisabled', 'accountDeleted', 'ACCOUNT_STATE_INVALID'],
  ],
  [
    'credentials_unusable',
    'The administrators of the account do not let it, or programs like this one, into Drive',
    ['domainPolicy', 'USER_BLOCKED_BY_ADMIN', 'ORG_RESTRICTION_VIOLATION'],
  ],
  ['credentials_unusable', 'Google refused the API key', ['keyInvalid', 'API_KEY_INVALID']],
  ['credentials_unusable', 'The API key has expired', ['keyExpired']],
  ['credentials_unusable', 'The API key is not for the Drive API', ['API_KEY_SERVICE_BLOCKED']],
  [
    'credentials_unusable',
    'The API key is not for this address',
    ['ipRefererBlocked', 'API_KEY_IP_ADDRESS_BLOCKED'],
  ],
  [
    'credentials_unusable',
    'The API key is restricted to web sites or apps',
    ['API_KEY_HTTP_REFERRER_BLOCKED', 'API_KEY_ANDROID_APP_BLOCKED', 'API_KEY_IOS_APP_BLOCKED'],
  ],
  [
    'credentials_unusable',
    'The Drive API is not switched on in the project of the credentials',
    ['accessNotConfigured', 'SERVICE_DISABLED'],
  ],
  ['credentials_unusable', 'Billing is switched off in the project of the credentials', ['BILLING_DISABLED']],
  [
    'credentials_unusable',
    'The project of the credentials is suspended or deleted, or not for them to use',
    ['CONSUMER_SUSPENDED', 'CONSUMER_INVALID', 'USER_PROJECT_DENIED'],
  ],
];

const KNOWN: ReadonlyMap<string, KnownReason> = new Map(
  REASONS.flatMap(([cause, sentence, reasons]) =>
    reasons.map((reason) => [reason, { reason, cause, sentence }] as const),
  ),
);

/** Stands beside the reason that says more: a quota of the day is a limit of requests, too. */
const ANY_LIMIT = 'RATE_LIMIT_EXCEEDED';

/** Says no more than the status 403. */
const FORBIDDEN = 'forbidden';

/** Older answers say by their words alone that it is the caller who is turned away, whatever was asked for. */
const REFUSED_CALLER = /\bunregistered callers\b|^Requests (?:from|to) .+ are blocked/i;

const parts = z
  .array(z.object({ reason: z.string().optional() }))
  .optional()
  .catch([]);
const jsonError = z.object({
  error: z.object({
    errors: parts,
    details: parts,
    message: z.string().catch(''),
    status: z.string().optional().catch(undefined),
  }),
});

/** A JSON error as Google gives it. */
export interface GoogleError {
  /** Of the reasons that we know, the one that says most. */
  readonly known: KnownReason | null;
  /** A reason that we do not know; hostile. */
  readonly unknown: string | null;
  /** Whether it has parts of Google's; other hosts use its outer form, too. */
  readonly isGoogles: boolean;
}

/** What a JSON error names in any of its parts; null for another text. */
export function readGoogleError(body: string): GoogleError | null {
  const parsed = jsonError.safeParse(parseJson(body));
  if (!parsed.success) return null;
  const { details = [], errors = [], message, status } = parsed.data.error;
  const reasons = [...details, ...errors].flatMap(({ reason = '' }) => (reason === '' ? [] : [reason]));
  return {
    known: knownIn(reasons, message),
    unknown: reasons.find((reason) => reason !== FORBIDDEN && !KNOWN.has(reason)) ?? null,
    isGoogles: reasons.length > 0 || status !== undefined,
  };
}

/** Whether a reason asks for fewer requests. */
export function isLimitOfRequests(reason: string): boolean {
  return LIMITS.includes(reason);
}

function knownIn(reasons: readonly string[], message: string): KnownReason | null {
  const found = reasons.flatMap((reason) => KNOWN.get(reason) ?? []);
  const known = found.find(({ reason }) => reason !== ANY_LIMIT) ?? found[0];
  if (known !== undefined) return known;
  if (!REFUSED_CALLER.test(message)) return null;
  const sentence = 'Google does not let the API key or the credentials ask Drive';
  return { reason: FORBIDDEN, cause: 'credentials_unusable', sentence };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
