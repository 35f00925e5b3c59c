/** What an error is about. Values are the API reference's names in lower case; they are printed and stored as they are. */
export const ErrorCategory = {
  NETWORK: 'network',
  FILE_IO: 'file_io',
  VALIDATION: 'validation',
  PERMISSION: 'permission',
  QUOTA: 'quota',
  RATE_LIMIT: 'rate_limit',
  SYSTEM: 'system',
  DATA_CORRUPTION: 'data_corruption',
} as const;
export type ErrorCategory = (typeof ErrorCategory)[keyof typeof ErrorCategory];

/** How bad an error is; `critical` is never tried again. */
export const ErrorSeverity = {
  INFO: 'info',
  WARNING: 'warning',
  ERROR: 'error',
  CRITICAL: 'critical',
} as const;
export type ErrorSeverity = (typeof ErrorSeverity)[keyof typeof ErrorSeverity];
