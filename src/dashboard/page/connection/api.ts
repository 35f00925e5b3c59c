import type { ApiError } from '../../contract.ts';

/** What went wrong, in the words of the server, or ours when it did not answer. */
export type Trouble = ApiError['error'];

const NO_ANSWER: Trouble = {
  cause: 'no_answer',
  message: 'rowtrail does not answer.',
  nextStep: 'Look whether `rowtrail serve` is still running; this page goes on by itself when it is back.',
};

/** An answer that is not the one asked for. */
export class ApiFailure extends Error {
  readonly trouble: Trouble;
  /** HTTP status; 0 without an answer. */
  readonly status: number;

  constructor(trouble: Trouble, status: number) {
    super(trouble.message);
    this.trouble = trouble;
    this.status = status;
  }
}

/**
 * Reads from the server's API.
 * @throws ApiFailure for every answer but a good one, also when there is none; the signal's reason when it is aborted.
 */
export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>(path, signal === undefined ? {} : { signal });
}

/** Asks the server to do something. @throws ApiFailure as `get` does. */
export function post<T>(path: string, body: unknown = {}): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return ask<T>(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...init });
  } catch (error) {
    init.signal?.throwIfAborted();
    throw error instanceof TypeError ? new ApiFailure(NO_ANSWER, 0) : error;
  }
  const answer: unknown = await response.json().catch(() => null);
  init.signal?.throwIfAborted();
  // The server is part of the same package: what it answers has the shape of the contract.
  if (response.ok && answer !== null) return answer as T;
  throw new ApiFailure(troubleIn(answer) ?? unexpected(response.status), response.status);
}

function troubleIn(answer: unknown): Trouble | null {
  const error = (answer as Partial<ApiError> | null)?.error;
  return typeof error?.message === 'string' ? error : null;
}

function unexpected(status: number): Trouble {
  return {
    cause: 'unexpected_answer',
    message: `rowtrail answered in a way this page does not understand (HTTP ${status}).`,
    nextStep: 'Load the page again. If it stays, start `rowtrail serve` again.',
  };
}

/** What to show of anything that was thrown. */
export function troubleOf(error: unknown): Trouble {
  return error instanceof ApiFailure ? error.trouble : NO_ANSWER;
}
