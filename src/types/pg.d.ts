export {};

declare module 'pg' {
  /** What the library has and its types leave out. */
  interface Client {
    /** The process stays alive while this connection is open, as it does at first. */
    ref(): void;
    /** The process may end while this connection is open. */
    unref(): void;
  }
}
