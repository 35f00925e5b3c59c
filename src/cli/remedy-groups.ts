import { type DownloadType, type FailedDownload, type Remedy, remedyOf } from '../index.ts';

/** Downloads that failed or were put off and that the same thing mends. */
export interface RemedyGroup {
  readonly remedy: Remedy;
  /** What to do. */
  readonly title: string;
  /** A sentence to send to the rows' persons; null where they can do nothing. */
  readonly message: string | null;
  /** What to type once it is mended; CSV, ROW_ID, FILE and URL stand for the user's own. */
  readonly commands: readonly string[];
  /** When waiting for all of them ends, ISO 8601; null where there is nothing to wait for, or the host did not say. */
  readonly until: string | null;
  readonly count: number;
  readonly downloads: readonly {
    readonly rowId: string;
    readonly downloadType: DownloadType;
    readonly cause: string;
  }[];
}

/** The largest group first. Pure. */
export function groupByRemedy(failures: readonly FailedDownload[]): readonly RemedyGroup[] {
  const groups = Map.groupBy(failures, ({ cause }) => remedyOf(cause).remedy);
  return [...groups.values()]
    .map((group) => groupOf(group))
    .toSorted((one, other) => other.count - one.count || one.remedy.localeCompare(other.remedy, 'en'));
}

function groupOf(failures: readonly FailedDownload[]): RemedyGroup {
  const each = failures.map(({ cause, notBefore }) => remedyOf(cause, notBefore));
  const [{ remedy, title, message, commands } = remedyOf('unknown')] = each;
  const waits = each.map(({ until }) => until).filter((until) => until !== null);
  return {
    remedy,
    title,
    message,
    commands,
    until: waits.toSorted().at(-1) ?? null,
    count: failures.length,
    downloads: failures.map(({ rowId, downloadType, cause }) => ({ rowId, downloadType, cause })),
  };
}
