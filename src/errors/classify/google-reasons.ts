import type { Cause } from '../causes.ts';

/** A reason of Google's, and what it means. */
export interface GoogleReason {
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

const KNOWN: ReadonlyMap<string, GoogleReason> = new Map(
  REASONS.flatMap(([cause, sentence, reasons]) =>
    reasons.map((reason) => [reason, { reason, cause, sentence }] as const),
  ),
);

/** What a reason of a JSON error of Google's means; null for one that is not known, or says no more than its status. */
export function googleReason(reason: string): GoogleReason | null {
  return KNOWN.get(reason) ?? null;
}

/** Whether a reason asks for fewer requests. */
export function isLimitOfRequests(reason: string): boolean {
  return LIMITS.includes(reason);
}
