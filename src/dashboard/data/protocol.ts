import type { ApiError, IndexState, Overview } from '../contract.ts';

/** What the thread that reads CSV and ledger is asked; `name` is a method of its `Office`. */
export interface Call {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

export type Answer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ApiError['error'] };

/** What it tells by itself. */
export type News =
  | { readonly news: 'overview'; readonly overview: Overview }
  | { readonly news: 'index'; readonly index: IndexState }
  | { readonly news: 'rows'; readonly version: number }
  | { readonly news: 'gone'; readonly error: ApiError['error'] };

export interface OfficeOptions {
  /** Absolute. */
  readonly csvPath: string;
  readonly columns: Readonly<Record<string, string>> | undefined;
  /** The store that holds the ledger, where one does. */
  readonly store: string | undefined;
  /** Absolute. */
  readonly folders: { readonly youtube: string; readonly drive: string };
  readonly alerts: readonly unknown[] | undefined;
  readonly retryAttempts: number | undefined;
}
