export { CAUSES, causeFacts, type Cause, type CauseFacts, type Verdict } from './causes.ts';
export { ErrorCategory, ErrorSeverity } from './error-category.ts';
export {
  NotInCsvError,
  RowtrailError,
  type ErrorPlace,
  type RowtrailErrorOptions,
} from './rowtrail-error.ts';
export { errnoOf, fileError } from './system-error.ts';
