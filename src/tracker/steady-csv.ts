import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ColumnMapping,
  CsvChangedError,
  type CsvIndex,
  CsvSnapshot,
  DEFAULT_COLUMNS,
  type FileIdentity,
  readIdentityNow,
  sameIdentity,
  takeSteps,
} from '../csv/index.ts';
import type { CsvMark, CsvStep } from '../ledger/index.ts';
import { markOf } from './mark.ts';
import { SameBytes } from './same-bytes.ts';

/** A foreign change is read once the file has been still for this long (milliseconds). */
const STILL_MS = 250;
/**
 * A file that was whole and now is not, or has fewer rows, may be half saved: a busy disk holds a save up for seconds right
 * after the old content is gone. It is believed once it has been still for this long (milliseconds).
 */
const UNFINISHED_MS = 5000;
/** Milliseconds until a young CSV's mark is looked for again. */
const MARK_MS = 10;
/** Milliseconds until the CSV is looked at again while somebody saves it. */
const BUSY_MS = 50;

/** Somebody who waits for the CSV is told so after this long (milliseconds). */
const TOLD_MS = 1000;
/** A CSV whose time changes on and on counts as still once its bytes have been the same for this long (milliseconds). */
const SAME_MS = 1000;

/** A CSV that nobody is writing. */
interface Still {
  /** What stood there; null when nothing does. */
  readonly still: FileIdentity | null;
  /** Milliseconds for which it is known to hold the same bytes. */
  readonly heldMs: number;
}

/** What the ledger knows of the CSV's file. */
export interface KnownFiles {
  /** Where the CSV stood when the ledger was last brought together with it; null when it never was. */
  readonly mark: () => Promise<CsvMark | null>;
  /** The rewrites that lead from a file to the present one, as far as they are known. */
  readonly stepsFrom: (mark: CsvMark) => Promise<readonly CsvStep[]>;
}

/**
 * Reads a CSV that other programs write, too: only once it is still, and without a scan while it is the file that was
 * read or written last, or one that another process of ours made of it.
 */
export class SteadyCsv {
  readonly #path: string;
  readonly #columns: ColumnMapping;
  readonly #known: KnownFiles;
  #index: CsvIndex | null = null;
  #foreignEdits = 0;
  /** Settles when the rewrite of ours is over that goes on; null while none does. */
  #rewriting: Promise<void> | null = null;
  /** Since when the CSV is waited for, because somebody saves it. */
  #busySince: number | null = null;

  constructor(path: string, columns: Partial<ColumnMapping> | undefined, known: KnownFiles) {
    this.#path = path;
    this.#columns = { ...DEFAULT_COLUMNS, ...columns };
    this.#known = known;
  }

  /** The CSV as it stands once nobody is writing it, validated. Close the snapshot after use. */
  async snapshot(): Promise<CsvSnapshot> {
    try {
      return await this.#steady(new SameBytes(this.#path));
    } finally {
      this.#busySince = null;
    }
  }

  /** Whether the CSV has been waited for so long that a person should hear of it. */
  get isWaitedFor(): boolean {
    return this.#busySince !== null && performance.now() - this.#busySince >= TOLD_MS;
  }

  async #steady(bytes: SameBytes): Promise<CsvSnapshot> {
    for (;;) {
      const { still, heldMs } = await this.#untilStill(bytes);
      try {
        const previous = (await this.#followed(still)) ?? undefined;
        // Our own write-back may rename another file into place right now: to read all of that one would be for nothing.
        const snapshot = await CsvSnapshot.open(this.#path, {
          columns: this.#columns,
          previous,
          expected: still,
        });
        const lacksRows = snapshot.index.rowCount < (this.#index?.rowCount ?? 0);
        if (sameOrGone(still, snapshot.index.identity) && !(lacksRows && isYoung(still, heldMs))) {
          if (this.#index !== null && this.#index !== snapshot.index) this.#foreignEdits++;
          this.#index = snapshot.index;
          return snapshot;
        }
        await snapshot.close();
      } catch (error) {
        // What is wrong with half a file need not be wrong with the whole.
        const changed = !sameOrGone(still, readIdentityNow(this.#path));
        const wasWhole = this.#index !== null || (await this.#known.mark()) !== null;
        const unfinished =
          changed || error instanceof CsvChangedError || (wasWhole && isYoung(still, heldMs));
        if (!unfinished) throw error;
      }
      this.#busySince ??= performance.now();
      await sleep(BUSY_MS);
    }
  }

  /** The index of what stands there, where it is that of the last file or can be made of it without reading. */
  async #followed(now: FileIdentity | null): Promise<CsvIndex | null> {
    const index = this.#index;
    if (index === null || now === null || sameIdentity(index.identity, now)) return index;
    const steps = await this.#known.stepsFrom(markOf(index.identity));
    const last = steps.findIndex(({ after }) => after === markOf(now));
    if (last < 0) return null;
    const changes = steps.slice(0, last + 1).map(({ change }) => change);
    return takeSteps(index, changes, now);
  }

  /** Grows each time the CSV that is read turns out to be another file than the one that was read or written last. */
  get foreignEdits(): number {
    return this.#foreignEdits;
  }

  /** What stands there now, when that is another file than the one that was read or written last; else null. */
  unread(): FileIdentity | null {
    const identity = readIdentityNow(this.#path);
    const isKnown =
      identity === null || (this.#index !== null && sameIdentity(identity, this.#index.identity));
    return isKnown ? null : identity;
  }

  /**
   * Has the CSV rewritten and takes over the new file's index: it need not be read again. Whoever reads the CSV meanwhile and finds
   * another file waits for it, because between the rename and the end of the work the new file looks like somebody else's.
   */
  async rewrite(work: () => Promise<CsvIndex>): Promise<CsvIndex> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#rewriting = promise;
    try {
      this.#index = await work();
      return this.#index;
    } finally {
      this.#rewriting = null;
      resolve();
    }
  }

  /**
   * Waits while a program other than us is still writing the file: half a file must be neither read nor taken for what a
   * person wants. The file that the ledger was last brought together with is whole.
   */
  async #untilStill(bytes: SameBytes): Promise<Still> {
    for (;;) {
      // The time before the look: on a busy machine the answer may come late, and would seem to be old.
      const now = Date.now();
      const identity = readIdentityNow(this.#path);
      if (identity === null) return { still: null, heldMs: 0 };
      if (this.#index !== null && sameIdentity(identity, this.#index.identity))
        return { still: identity, heldMs: 0 };
      if (this.#rewriting !== null) {
        await this.#rewriting;
        continue;
      }
      const age = now - Number(identity.mtimeNs / 1_000_000n);
      if (age >= STILL_MS || age < 0) return { still: identity, heldMs: age };
      if ((await this.#known.mark()) === markOf(identity)) return { still: identity, heldMs: 0 };
      this.#busySince ??= performance.now();
      if (this.isWaitedFor) {
        const heldMs = await bytes.heldFor(identity);
        if (heldMs >= SAME_MS) return { still: identity, heldMs };
        await sleep(BUSY_MS);
        continue;
      }
      // Another process of ours may have renamed it just now, and is about to leave its mark.
      await sleep(Math.min(STILL_MS - age, MARK_MS));
    }
  }
}

function isYoung(file: FileIdentity | null, heldMs: number): boolean {
  if (file === null || heldMs >= UNFINISHED_MS) return false;
  return Date.now() - Number(file.mtimeNs / 1_000_000n) < UNFINISHED_MS;
}

function sameOrGone(one: FileIdentity | null, other: FileIdentity | null): boolean {
  return one === null || other === null ? one === other : sameIdentity(one, other);
}
