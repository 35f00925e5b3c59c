import { causeOfFileCode } from './classify/codes.ts';
import { RowtrailError, type RowtrailErrorOptions } from './rowtrail-error.ts';

/** The `code` of a Node system error (`ENOENT`, `ECONNRESET`), searched along the cause chain; undefined if there is none. */
export function errnoOf(error: unknown): string | undefined {
  for (let e = error; e instanceof Error; e = e.cause) {
    if ('code' in e && typeof e.code === 'string') return e.code;
    if (e instanceof AggregateError && e.errors.length > 0) return errnoOf(e.errors[0]);
  }
  return undefined;
}

/** A file operation's error with its cause from errno, never from its words. */
export function fileError(error: unknown, message: string, place: RowtrailErrorOptions = {}): RowtrailError {
  if (error instanceof RowtrailError) return error;
  const errno = errnoOf(error) ?? '';
  return new RowtrailError(
    causeOfFileCode(errno) ?? 'write_failed',
    `${message}${errno ? ` (${errno})` : ''}`,
    {
      ...place,
      error,
    },
  );
}
