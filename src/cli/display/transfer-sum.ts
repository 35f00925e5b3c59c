import type { TransferProgress } from '../../index.ts';

/** How far several transfers are together. */
export interface TransferTotals {
  readonly receivedBytes: number;
  /** Null while the size of one of them is not known. */
  readonly totalBytes: number | null;
  /** Null where nothing moves. */
  readonly bytesPerSecond: number | null;
  readonly etaSeconds: number | null;
}

/** Adds up what is told of transfers that go on at the same time, each known by its label. */
export class TransferSum {
  readonly #transfers = new Map<string, TransferProgress>();

  /** The latest word on one transfer. @returns all of them together */
  add(progress: TransferProgress): TransferTotals {
    this.#transfers.set(progress.label, progress);
    // One alone knows best how long it takes.
    return this.#transfers.size === 1 ? progress : this.totals;
  }

  get totals(): TransferTotals {
    let receivedBytes = 0;
    let totalBytes: number | null = 0;
    let bytesPerSecond = 0;
    for (const {
      receivedBytes: received,
      totalBytes: total,
      bytesPerSecond: speed,
    } of this.#transfers.values()) {
      receivedBytes += received;
      totalBytes = totalBytes === null || total === null ? null : totalBytes + total;
      if (received !== total) bytesPerSecond += speed ?? 0;
    }
    const moves = bytesPerSecond > 0;
    const etaSeconds = moves && totalBytes !== null ? (totalBytes - receivedBytes) / bytesPerSecond : null;
    return { receivedBytes, totalBytes, bytesPerSecond: moves ? bytesPerSecond : null, etaSeconds };
  }
}
