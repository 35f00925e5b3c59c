import { redact, type Remedy, remedyOf } from '../errors/index.ts';
import type { DownloadType } from '../row/index.ts';
import { type FailedDownload, listFailures, type TrackerOptions } from '../tracker/index.ts';

/** A failed download without anything that names its person. */
export interface FailedDownloadDetail {
  readonly rowId: string;
  readonly downloadType: DownloadType;
  /** Key of the table of causes. */
  readonly cause: string;
  readonly category: string;
  /** What mends it. */
  readonly remedy: Remedy;
  /** May hold foreign text; escape it at every output. */
  readonly message: string;
  readonly nextStep: string;
  readonly attempts: number;
  /** ISO 8601; null where the ledger does not know it. */
  readonly lastAttempt: string | null;
}

/** Details of so many failures at most: more make no report that somebody reads. */
export const MOST_DETAILS = 10_000;
const MAX_MESSAGE = 500;
/** How far a message is looked at, so that a name that begins within it is seen whole. */
const LOOKED_AT = 4 * MAX_MESSAGE;
/** A name of a script that puts spaces between words, and so short that it is part of many. */
const SHORT = /^\p{Script=Latin}{1,2}$/u;
const SYNTAX = /[\\^$.*+?()[\]{}|/]/g;

/** In file order, the first `MOST_DETAILS`. */
export async function failedDownloads(
  csvPath: string,
  options: TrackerOptions,
): Promise<readonly FailedDownloadDetail[]> {
  const failures = await listFailures(csvPath, options);
  return failures.slice(0, MOST_DETAILS).map((failure) => withoutPerson(failure));
}

/** Pure. */
export function withoutPerson(failure: FailedDownload): FailedDownloadDetail {
  const { rowId, name, email, downloadType, cause, category, message, nextStep, attempts } = failure;
  return {
    rowId,
    downloadType,
    cause,
    category,
    remedy: remedyOf(cause).remedy,
    message: redact(withoutName(withoutText(message.slice(0, LOOKED_AT), email, '[e-mail]'), name))
      .slice(0, MAX_MESSAGE)
      .toWellFormed(),
    nextStep,
    attempts,
    lastAttempt: failure.lastAttempt,
  };
}

/** Titles and host's words may hold the person's name, whole or in part. */
function withoutName(message: string, name: string): string {
  const said = message.toLowerCase();
  const parts = name.split(/[\s,;]+/).filter((part) => part.length > 2 && said.includes(part.toLowerCase()));
  return [name, ...parts].reduce((kept, part) => withoutText(kept, part, '[name]'), message);
}

function withoutText(message: string, text: string, replacement: string): string {
  const wanted = text.trim();
  // A cell of a megabyte stands in no message, and would be too large for an expression.
  if (wanted === '' || wanted.length > message.length) return message;
  const pattern = wanted.replaceAll(SYNTAX, String.raw`\$&`).toWellFormed();
  // "Al" is no part of "also"; a longer name is taken out wherever it stands.
  const alone = SHORT.test(wanted) ? String.raw`(?<![\p{L}\p{N}])${pattern}(?![\p{L}\p{N}])` : pattern;
  return message.replaceAll(new RegExp(alone, 'giu'), replacement);
}
