import { redact, type Remedy, remedyOf } from '../errors/index.ts';
import type { DownloadType } from '../row/index.ts';
import { type FailedDownload, listFailures, type TrackerOptions, withTracker } from '../tracker/index.ts';

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
const SYNTAX = /[\\^$.*+?()[\]{}|/]/g;

/** In file order, the first `MOST_DETAILS`. */
export async function failedDownloads(
  csvPath: string,
  options: TrackerOptions,
): Promise<readonly FailedDownloadDetail[]> {
  const failures = (await listFailures(csvPath, options)).slice(0, MOST_DETAILS);
  return withTracker(
    csvPath,
    async (tracker) => {
      const ledger = await tracker.existingLedger();
      const details: FailedDownloadDetail[] = [];
      for (const failure of failures) {
        const row = await ledger?.row(failure.rowId);
        details.push(withoutPerson(failure, row?.downloads[failure.downloadType]?.lastAttempt ?? null));
      }
      return details;
    },
    options,
  );
}

/** Pure. */
export function withoutPerson(failure: FailedDownload, lastAttempt: string | null): FailedDownloadDetail {
  const { rowId, name, email, downloadType, cause, category, message, nextStep, attempts } = failure;
  return {
    rowId,
    downloadType,
    cause,
    category,
    remedy: remedyOf(cause).remedy,
    message: redact(withoutName(withoutText(message, email, '[e-mail]'), name))
      .slice(0, MAX_MESSAGE)
      .toWellFormed(),
    nextStep,
    attempts,
    lastAttempt,
  };
}

/** Titles and host's words may hold the person's name, whole or in part. */
function withoutName(message: string, name: string): string {
  const parts = name.split(/[\s,;]+/).filter((part) => part.length > 2);
  return [name, ...parts].reduce((kept, part) => withoutText(kept, part, '[name]'), message);
}

function withoutText(message: string, text: string, replacement: string): string {
  const wanted = text.trim();
  return wanted === ''
    ? message
    : message.replaceAll(new RegExp(wanted.replaceAll(SYNTAX, String.raw`\$&`), 'giu'), replacement);
}
