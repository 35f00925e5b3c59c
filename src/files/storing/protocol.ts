import type { Cause } from '../../errors/index.ts';
import type { RowContextFields } from '../../row/index.ts';
import type { StoredItem, StoreRequest } from '../store.ts';

/** What goes over to the storing thread: plain data, the bytes of small files handed over and not copied. */
export type StoringRequest =
  | {
      readonly kind: 'store';
      readonly id: number;
      readonly request: Omit<StoreRequest, 'row'> & { readonly row: RowContextFields };
    }
  | { readonly kind: 'hold' | 'release'; readonly id: number; readonly outputDir: string };

export type StoringAnswer =
  | { readonly id: number; readonly stored: StoredItem | null }
  | { readonly id: number; readonly failure: StoringFailure };

/** An error on its way between threads. */
export interface StoringFailure {
  readonly message: string;
  readonly stack: string | undefined;
  /** Null for a mistake of ours, which has no cause. */
  readonly cause: {
    readonly code: Cause;
    readonly file: string | undefined;
    /** Of the system error beneath. */
    readonly errno: string | undefined;
  } | null;
}
