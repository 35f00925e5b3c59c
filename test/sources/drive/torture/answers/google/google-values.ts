import {
  botBlockPage,
  cannotDownloadPage,
  notFoundPage,
  otherPage,
  quotaPage,
  signInPage,
} from '../../../../../../src/demo/internet/drive/pages.ts';

/** A page that comes where something else was asked for, and what it lets a client give up for, whatever its status is. */
export interface Interstitial {
  readonly html: string;
  /** Null where the status decides. */
  readonly finals: readonly string[] | null;
}

export const INTERSTITIALS: readonly Interstitial[] = [
  { html: quotaPage(), finals: [] },
  { html: botBlockPage(), finals: [] },
  { html: signInPage(), finals: ['not_shared'] },
  { html: cannotDownloadPage(), finals: ['download_disabled'] },
  // Its reason stands in no caption.
  { html: notFoundPage(), finals: ['not_found'] },
  { html: otherPage(), finals: null },
  {
    html: '<html><head><title>Before you continue</title></head><body><form action="https://consent.google.com/save" method="post"><input name="gl" value="DE"></form></body></html>',
    finals: null,
  },
  { html: '<!doctype html><p>', finals: null },
  { html: '', finals: null },
];

export const PAGE_STATUSES = [200, 200, 200, 303, 403, 404, 429, 500, 503] as const;
export const PAGE_DISPOSITIONS = ['', '', 'inline', 'attachment', 'attachment; filename="clip.mp4"'] as const;
export const PAGE_TYPES = [
  'text/html; charset=utf-8',
  'text/html',
  'application/octet-stream',
  '',
  'TEXT/HTML',
] as const;

export const PLACES = [
  'https://www.google.com/sorry/index?continue=https://drive.google.com/uc',
  'https://accounts.google.com/ServiceLogin?continue=https://drive.google.com/uc',
  'https://consent.google.com/ml?continue=https://drive.google.com/uc',
  'https://example.org/file.mp4',
  'http://drive.google.com/uc',
  'https://google.com.example.org/',
  'https://drive.google.com:8443/uc',
  'https://127.0.0.1/x',
  '',
] as const;

/** Of Google's table, and unknown ones. */
export const REASONS = [
  ...['userRateLimitExceeded', 'rateLimitExceeded', 'RATE_LIMIT_EXCEEDED', 'downloadQuotaExceeded'],
  ...[
    'dailyLimitExceeded',
    'backendError',
    'internalError',
    'cannotDownloadFile',
    'cannotDownloadAbusiveFile',
  ],
  ...['fileNotDownloadable', 'fileNotExportable', 'exportSizeLimitExceeded', 'notFound'],
  ...[
    'insufficientFilePermissions',
    'appNotAuthorizedToFile',
    'authError',
    'expired',
    'insufficientPermissions',
  ],
  ...[
    'accountDisabled',
    'domainPolicy',
    'keyInvalid',
    'API_KEY_INVALID',
    'keyExpired',
    'accessNotConfigured',
  ],
  ...['BILLING_DISABLED', 'CONSUMER_SUSPENDED', 'forbidden', 'newReasonOfGoogles', '', '<b>x</b>'],
] as const;
export const ERROR_STATUSES = [200, 400, 401, 403, 403, 404, 429, 500, 503] as const;

export const ODD_JSON = [
  '',
  '{',
  '[]',
  'null',
  '"x"',
  '{}',
  '{"id":5}',
  '<!doctype html><html></html>',
  '{"kind":"drive#file"}',
] as const;
export const ODD_VALUES: readonly unknown[] = [
  null,
  0,
  -1,
  1.5,
  '',
  'x',
  true,
  [],
  {},
  '../../x',
  '\u0000\u202e',
  ['x'],
  1e300,
];
export const FIELDS = [
  'id',
  'name',
  'mimeType',
  'size',
  'md5Checksum',
  'sha256Checksum',
  'resourceKey',
  'shortcutDetails',
  'capabilities',
  'trashed',
  'exportLinks',
  'files',
  'nextPageToken',
  'incompleteSearch',
] as const;
/** Entries of lists. */
export const ENTRIES: readonly unknown[] = [
  null,
  1,
  'x',
  {},
  [],
  { id: 5 },
  { id: '../../etc', mimeType: 'video/mp4' },
  { id: 'unknown-0123456789', mimeType: 'video/mp4', name: 'CON' },
  { id: 'form-0123456789', mimeType: 'application/vnd.google-apps.form' },
];
