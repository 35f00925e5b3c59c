/** Who holds the downloads that a ledger begins, and for how long without a sign of life. */
export interface LeaseTerms {
  /**
   * Tells holders apart. What a holder of the same name left is made pending again by `recover` at once: whoever bears it knows that no
   * other one lives.
   */
  readonly holder: string;
  /** Milliseconds after the last sign of life, by the server's clock, until the download may be given away. */
  readonly milliseconds: number;
}

/** One process at a time holds a CSV's run lock: what was begun under it and is not ended is that of a run that died. */
export const RUN_LEASE: LeaseTerms = { holder: 'run', milliseconds: 60_000 };
