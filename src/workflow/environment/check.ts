import { type Cause, messageOf, RowtrailError } from '../../errors/index.ts';

/** One thing that a run needs, as it was found. */
export interface EnvironmentCheck {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'problem';
  readonly found: string;
  /** What to do about it; null when it is as it should be. */
  readonly mend: string | null;
  /** What a run would fail with, a key of the table of causes; null when it is as it should be. */
  readonly cause: Cause | null;
}

export function fine(name: string, found: string): EnvironmentCheck {
  return { name, status: 'ok', found, mend: null, cause: null };
}

/** @param cause of an error that is none of ours */
export function problem(name: string, error: unknown, mend: string, cause: Cause): EnvironmentCheck {
  return {
    name,
    status: 'problem',
    found: messageOf(error),
    mend,
    cause: error instanceof RowtrailError ? error.code : cause,
  };
}
