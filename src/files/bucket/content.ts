import type { Condition } from './bucket.ts';

/** A file on its way into a bucket: its bytes, wherever they are now. */
export interface Content {
  /** What follows the stem. */
  readonly extension: string;
  /** Brings over what can be brought before the file has its name: until then nobody sees anything of it. */
  begin(path: string, signal: AbortSignal | undefined): Promise<Arriving>;
  /** To be called once it is stored: what it was made from here is not needed any more. */
  done(): Promise<void>;
}

/** A file that only lacks its name. */
export interface Arriving {
  readonly path: string;
  readonly size: number;
  /** Of the whole file, hex. */
  readonly sha256: string;
  /** What the storage will tell of it where it arrives in parts: SHA-256 of their SHA-256 in base64, `-` and their number. */
  readonly partsChecksum: string | null;
  /**
   * Gives it its name, in one step.
   * @returns the storage's own checksum, null where it tells none, or `taken` where the condition does not hold
   */
  place(condition: Condition): Promise<{ readonly checksum: string | null } | 'taken'>;
  /** Takes back what was brought over. */
  drop(): Promise<void>;
}
