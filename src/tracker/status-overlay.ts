import type { CsvIndex } from '../csv/index.ts';
import {
  type DownloadScope,
  STATUS_OF_RUN,
  STATUS_PERMANENT,
  STATUS_TRANSCRIPT,
  type StatusPage,
} from '../ledger/index.ts';
import { DOWNLOAD_STATUSES, DOWNLOAD_TYPES, type DownloadStatus, type DownloadType } from '../row/index.ts';

/** What is known of one download of one row: from the ledger, or from the CSV's own cells where they say the same. */
export interface EffectiveStatus {
  readonly status: DownloadStatus | '';
  readonly attempts: number;
  readonly permanent: boolean;
  readonly scope: DownloadScope;
  readonly notBefore: string | null;
  /** False when the CSV's cells speak: of what the ledger does not know, and of what is completed and shown. */
  readonly inLedger: boolean;
}

const STATUS_CODES = ['', 'pending', 'downloading', 'completed', 'failed'] as const;
const CODE_MASK = 0b0111;
const PERMANENT = 0b1000;
const TRANSCRIPT_ONLY = 0b1_0000;
const IN_LEDGER = 0b10_0000;
const BEGUN = 0b100_0000;
const MAX_ATTEMPTS = 255;
const NOTHING = new Uint8Array(0);

/**
 * The ledger's statuses laid over a CSV's rows, where they are not what the CSV's own cells say: two bytes a row and type, so that a
 * million rows fit anywhere.
 */
export class StatusOverlay {
  #index: CsvIndex;
  /** A byte a row, made when the first status of a type comes: of a CSV that is new there are none. */
  readonly #flags: Record<DownloadType, Uint8Array> = { youtube: NOTHING, drive: NOTHING };
  readonly #attempts: Record<DownloadType, Uint8Array> = { youtube: NOTHING, drive: NOTHING };
  readonly #notBefore = new Map<string, string>();

  constructor(index: CsvIndex) {
    this.#index = index;
  }

  /** Goes on with the index of the same rows in the file that a write-back of ours has put in the old one's place. */
  follow(index: CsvIndex): void {
    this.#index = index;
  }

  /** Lays a page of the ledger's statuses over the rows that the CSV has. */
  putPage({ rowIds, downloadTypes, statuses, attempts, flags, notBefore }: Omit<StatusPage, 'next'>): void {
    for (const [at, rowId] of rowIds.entries()) {
      const row = this.#index.findRow(rowId);
      const type = DOWNLOAD_TYPES[downloadTypes[at] ?? 0];
      const status = DOWNLOAD_STATUSES[statuses[at] ?? 0];
      if (row < 0 || type === undefined || status === undefined) continue;
      if (this.#flags[type] === NOTHING) {
        this.#flags[type] = new Uint8Array(this.#index.rowCount);
        this.#attempts[type] = new Uint8Array(this.#index.rowCount);
      }
      const flagged = flags[at] ?? 0;
      this.#flags[type][row] =
        STATUS_CODES.indexOf(status) |
        ((flagged & STATUS_PERMANENT) !== 0 ? PERMANENT : 0) |
        ((flagged & STATUS_TRANSCRIPT) !== 0 ? TRANSCRIPT_ONLY : 0) |
        ((flagged & STATUS_OF_RUN) !== 0 ? BEGUN : 0) |
        IN_LEDGER;
      this.#attempts[type][row] = Math.min(attempts[at] ?? 0, MAX_ATTEMPTS);
      const time = notBefore.get(at);
      const key = `${type}:${row}`;
      if (time !== undefined) this.#notBefore.set(key, time);
      else if (this.#notBefore.size > 0) this.#notBefore.delete(key);
    }
  }

  wasBegun(row: number, type: DownloadType): boolean {
    return ((this.#flags[type][row] ?? 0) & BEGUN) !== 0;
  }

  /** The status alone, for counting many. */
  statusAt(row: number, type: DownloadType): DownloadStatus | '' {
    const flags = this.#flags[type][row] ?? 0;
    if ((flags & IN_LEDGER) !== 0) return STATUS_CODES[flags & CODE_MASK] ?? '';
    const cell = this.#index.status(row, type);
    return cell === 'unknown' ? 'pending' : cell;
  }

  /** Failed, and still with a link that it failed for. */
  hasFailed(row: number, type: DownloadType): boolean {
    return this.statusAt(row, type) === 'failed' && this.#index.hasLink(row, type);
  }

  at(row: number, type: DownloadType): EffectiveStatus {
    const flags = this.#flags[type][row] ?? 0;
    if ((flags & IN_LEDGER) === 0) {
      return {
        status: this.statusAt(row, type),
        attempts: 0,
        permanent: false,
        scope: 'full',
        notBefore: null,
        inLedger: false,
      };
    }
    return {
      status: STATUS_CODES[flags & CODE_MASK] ?? '',
      attempts: this.#attempts[type][row] ?? 0,
      permanent: (flags & PERMANENT) !== 0,
      scope: (flags & TRANSCRIPT_ONLY) !== 0 ? 'transcript' : 'full',
      notBefore: this.#notBefore.get(`${type}:${row}`) ?? null,
      inLedger: true,
    };
  }
}
