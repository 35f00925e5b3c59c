import { RowtrailError } from '../../index.ts';
import type { ApiError } from '../contract.ts';

/** Letters of a name, a title or a message that go out: a cell may hold a megabyte. */
const MOST = 500;

/** A foreign text as it goes out: without control characters, and not longer than somebody reads. */
export function plain(text: string, most = MOST): string {
  const cut = text.length > most ? `${text.slice(0, most).toWellFormed()}…` : text.toWellFormed();
  return cut.replaceAll(/\p{Cc}/gu, ' ');
}

export function apiError(error: unknown): ApiError['error'] {
  if (error instanceof RowtrailError)
    return { cause: error.code, message: plain(error.message), nextStep: plain(error.nextStep) };
  const message = error instanceof Error ? error.message : String(error);
  return {
    cause: 'unknown',
    message: plain(message),
    nextStep: 'Try again; start `rowtrail serve` anew if it stays.',
  };
}
