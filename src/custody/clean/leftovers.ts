/** What can be cleared away beside a CSV and in its download folders. */
export type LeftoverKind = 'staging' | 'backup' | 'log';

/** One thing that may go. */
export interface Leftover {
  readonly kind: LeftoverKind;
  /** Absolute. */
  readonly path: string;
  /** Of everything in it. */
  readonly bytes: number;
  /** When it was last changed, in milliseconds since 1970. */
  readonly mtimeMs: number;
}

/** Staging, and why it has to stay whatever was asked for; null where nothing speaks against its going. */
export interface FoundStaging extends Leftover {
  readonly inUse: string | null;
}

export interface Found {
  readonly staging: readonly FoundStaging[];
  /** The oldest first. */
  readonly backups: readonly Leftover[];
  /** The oldest first. */
  readonly logs: readonly Leftover[];
}

export interface CleaningWishes {
  /** The newest backups stay, so many; null: not said. */
  readonly keepBackups: number | null;
  /** Only what is older (milliseconds) goes; null: not said. */
  readonly olderThanMs: number | null;
}

export interface CleaningPlan {
  readonly goes: readonly Leftover[];
  readonly kept: readonly { readonly path: string; readonly why: string }[];
  /** Samples of the metrics before this time go, ISO 8601. */
  readonly samplesBefore: string;
}

export const DEFAULT_KEPT_BACKUPS = 3;
export const DEFAULT_AGE_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * What goes: staging that nobody uses, of any age; backups but the newest ones, and logs, once they are old. An age that was asked for holds for
 * all of them; a number of backups that was asked for alone holds whatever their age. Pure.
 */
export function planCleaning(
  found: Found,
  { keepBackups, olderThanMs }: CleaningWishes,
  now: Date,
): CleaningPlan {
  const isOlder = ({ mtimeMs }: Leftover, than: number | null) =>
    than === null || mtimeMs < now.getTime() - than;
  const age = olderThanMs ?? DEFAULT_AGE_MS;
  const free = found.staging.filter(({ inUse }) => inUse === null);
  const surplus = found.backups.slice(
    0,
    Math.max(0, found.backups.length - (keepBackups ?? DEFAULT_KEPT_BACKUPS)),
  );
  return {
    goes: [
      ...free.filter((each) => isOlder(each, olderThanMs)),
      ...surplus.filter((each) => isOlder(each, keepBackups === null ? age : olderThanMs)),
      ...found.logs.filter((each) => isOlder(each, age)),
    ].map(({ kind, path, bytes, mtimeMs }) => ({ kind, path, bytes, mtimeMs })),
    kept: found.staging.flatMap(({ path, inUse }) => (inUse === null ? [] : [{ path, why: inUse }])),
    samplesBefore: new Date(now.getTime() - age).toISOString(),
  };
}
