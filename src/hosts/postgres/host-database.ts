/** A value of a statement. */
type Value = string | number | boolean | null | readonly string[] | readonly number[];

/** Asks one connection; the rows come as objects. */
export interface Asks {
  rows<Row>(text: string, values?: readonly Value[]): Promise<readonly Row[]>;
}

/** A connection that stays with this process as long as it goes, and is made anew where it breaks. */
export interface HostSession extends Asks {
  close(): Promise<void>;
}

/** What the states of hosts need of a PostgreSQL database. Whoever has the connections brings it. */
export interface HostDatabase extends Asks {
  /** Does several things as one; they may be done again from the start, but are committed once. */
  transaction<Result>(work: (ask: Asks) => Promise<Result>): Promise<Result>;
  /**
   * Listens on a channel. `rows` of it rejects at once where it is not connected.
   * @param opened done each time it is connected, before anything else
   * @param hear told each message; null where some may have been missed
   */
  session(
    channel: string,
    opened: (ask: Asks) => Promise<void>,
    hear: (message: string | null) => void,
  ): HostSession;
}
