import { DOWNLOAD_TYPES, type DownloadType } from '../row/index.ts';
import { CELL_STATUSES } from './status-codes.ts';

type PerType<Value> = Readonly<Record<DownloadType, Value>>;

/** The facts of each row that rows are filtered and sorted by, besides its texts: eight bytes a row. */
export class RowColumns {
  readonly rowCount: number;
  /** Places in `CELL_STATUSES`. */
  readonly statuses: PerType<Uint8Array>;
  /** Places in `causes`. */
  readonly causeCodes: PerType<Uint8Array>;
  /** Seconds since 1970 of the last attempt; 0 where there was none. */
  readonly attemptedAt: Uint32Array;
  /** The first is no cause. */
  readonly causes: string[] = [''];
  readonly #codes = new Map<string, number>([['', 0]]);
  readonly #statusCounts: PerType<number[]> = { youtube: noCounts(), drive: noCounts() };

  constructor(rowCount: number) {
    this.rowCount = rowCount;
    this.statuses = { youtube: new Uint8Array(rowCount), drive: new Uint8Array(rowCount) };
    this.causeCodes = { youtube: new Uint8Array(rowCount), drive: new Uint8Array(rowCount) };
    this.attemptedAt = new Uint32Array(rowCount);
    for (const type of DOWNLOAD_TYPES) this.#statusCounts[type][0] = rowCount;
  }

  setStatus(row: number, type: DownloadType, code: number): void {
    const counts = this.#statusCounts[type];
    const before = this.statuses[type][row] ?? 0;
    counts[before] = (counts[before] ?? 0) - 1;
    counts[code] = (counts[code] ?? 0) + 1;
    this.statuses[type][row] = code;
  }

  setCause(row: number, type: DownloadType, cause: string): void {
    this.causeCodes[type][row] = this.codeOf(cause);
  }

  /** How many rows have each status, in the order of `CELL_STATUSES`. */
  countsOf(type: DownloadType): readonly number[] {
    return this.#statusCounts[type];
  }

  /** The code of a cause that is known already, or -1. */
  knownCause(cause: string): number {
    return this.#codes.get(cause) ?? -1;
  }

  /** The code of a cause, which is given one where it has none. */
  codeOf(cause: string): number {
    const known = this.#codes.get(cause);
    if (known !== undefined) return known;
    // There are about a hundred causes; a ledger that names more than a byte can tell apart is not one of ours.
    if (this.causes.length > 0xff) return 0;
    this.causes.push(cause);
    this.#codes.set(cause, this.causes.length - 1);
    return this.causes.length - 1;
  }
}

function noCounts(): number[] {
  return CELL_STATUSES.map(() => 0);
}
