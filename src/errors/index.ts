export { CAUSES, causeFacts, type Cause, isCause } from './causes.ts';
export type { CauseFacts } from './cause-facts.ts';
export { classifyError } from './classify/classify.ts';
export { causeOfCode } from './classify/codes.ts';
export { googleReason, type GoogleReason, isLimitOfRequests } from './classify/google-reasons.ts';
export { ErrorCategory, ErrorSeverity } from './error-category.ts';
export { type ErrorContext, type ErrorOrigin, toErrorContext, toErrorDict } from './error-context.ts';
export { type ErrorCounts, ErrorHandler, type ErrorHandlerOptions } from './error-handler.ts';
export { givenOptions } from './given-options.ts';
export { messageOf } from './message-of.ts';
export { nearestName, suggestion } from './nearest-name.ts';
export { redact } from './redact.ts';
export { type CauseRemedy, remedyOf } from './remedy-of.ts';
export { REMEDIES, type Remedy, type RemedyFacts } from './remedies.ts';
export type { RetryRule, Verdict } from './retry-rule.ts';
export {
  NotInCsvError,
  RowtrailError,
  type ErrorPlace,
  type RowtrailErrorOptions,
} from './rowtrail-error.ts';
export { type ErrorHandlingCheck, testErrorHandling } from './self-test/test-error-handling.ts';
export { errnoOf, fileError } from './system-error.ts';
