import type { DownloadKey } from '../../row/index.ts';
import type { LeaseTerms } from './lease-terms.ts';
import { toStoredJson } from './safe-text.ts';
import type { Store } from './store.ts';

/** Signs of life in the time of a lease: two may go missing. */
const BEATS = 3;

/** Whoever is about to change a download right now needs no sign of life for it, and is not waited for. */
const PROLONG = `WITH held AS (
    SELECT d.row_id, d.download_type FROM json_to_recordset($2::json) AS given (row_id text, download_type text, lease integer)
    JOIN rowtrail.download d ON d.csv_id = $1 AND d.row_id = given.row_id AND d.download_type = given.download_type
      AND d.lease = given.lease AND d.status = 'downloading'
    FOR UPDATE OF d SKIP LOCKED)
  UPDATE rowtrail.download d SET lease_until = clock_timestamp() + $3 * interval '1 millisecond'
  FROM held WHERE d.csv_id = $1 AND d.row_id = held.row_id AND d.download_type = held.download_type`;

/** The downloads that this process has begun: their leases are prolonged until they end. Keeps no process alive. */
export class Leases {
  readonly #store: Store;
  readonly #csvId: number;
  readonly #terms: LeaseTerms;
  readonly #held = new Map<string, DownloadKey & { readonly lease: number }>();
  #timer: NodeJS.Timeout | null = null;
  #beating: Promise<void> | null = null;

  constructor(store: Store, csvId: number, terms: LeaseTerms) {
    this.#store = store;
    this.#csvId = csvId;
    this.#terms = terms;
  }

  hold({ rowId, downloadType, lease }: DownloadKey & { readonly lease: number }): void {
    this.#held.set(keyOf({ rowId, downloadType }), { rowId, downloadType, lease });
    this.#timer ??= setInterval(() => this.#beat(), this.#terms.milliseconds / BEATS).unref();
  }

  end(download: DownloadKey): void {
    this.#held.delete(keyOf(download));
    if (this.#held.size === 0) this.#rest();
  }

  async close(): Promise<void> {
    this.#held.clear();
    this.#rest();
    await this.#beating;
  }

  #rest(): void {
    clearInterval(this.#timer ?? undefined);
    this.#timer = null;
  }

  #beat(): void {
    this.#beating ??= this.#prolong().finally(() => (this.#beating = null));
  }

  /** A store that is away is no reason to stop: what is given away meanwhile is fenced. */
  async #prolong(): Promise<void> {
    const held = Array.from(this.#held.values(), ({ rowId, downloadType, lease }) => ({
      row_id: rowId,
      download_type: downloadType,
      lease,
    }));
    const values = [this.#csvId, toStoredJson(held), this.#terms.milliseconds];
    await this.#store.change(PROLONG, values).catch(() => {});
  }
}

function keyOf({ rowId, downloadType }: DownloadKey): string {
  return `${downloadType} ${rowId}`;
}
