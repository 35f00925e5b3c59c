import type { CauseFacts } from './cause-facts.ts';
import { type Cause, causeFacts } from './causes.ts';

/** Where in the user's files an error stands. Lines and columns count from 1; a column is a cell. */
export interface ErrorPlace {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly rowId?: string;
}

export interface RowtrailErrorOptions extends ErrorPlace {
  /** The error beneath, kept as `cause` of this one. */
  readonly error?: unknown;
  /** Evidence in the words of whoever reported it (hostile text: escape it at every output). */
  readonly detail?: string;
  /** Not before this time (ISO 8601), where the host said so. */
  readonly notBefore?: string;
}

/** Every error that rowtrail raises on purpose: a cause of the table, a sentence, a place and the error beneath. */
export class RowtrailError extends Error implements ErrorPlace {
  override readonly name: string = 'RowtrailError';
  readonly code: Cause;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly rowId?: string;
  readonly detail?: string;
  readonly notBefore?: string;

  constructor(code: Cause, message: string, { error, ...facts }: RowtrailErrorOptions = {}) {
    super(placed(message, facts), error === undefined ? undefined : { cause: error });
    this.code = code;
    Object.assign(this, facts);
  }

  get facts(): CauseFacts {
    return causeFacts(this.code);
  }

  get category(): CauseFacts['category'] {
    return this.facts.category;
  }

  get nextStep(): string {
    return this.facts.nextStep;
  }
}

/** The result is durable in the ledger but not in the CSV; a later write-back makes it good. */
export class NotInCsvError extends RowtrailError {
  override readonly name = 'NotInCsvError';
  readonly recorded = true;
}

function placed(message: string, { file, line, column }: ErrorPlace): string {
  if (file === undefined) return message;
  const position = [file, line, column].filter((part) => part !== undefined).join(':');
  return `${position}: ${message}`;
}
