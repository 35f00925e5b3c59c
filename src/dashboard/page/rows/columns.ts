import type { SortKey } from '../../contract.ts';

export interface Column {
  readonly key: SortKey;
  readonly words: string;
  /** Of the cell, for its width and for where it hides. */
  readonly name: string;
}

/** The table's columns, in order. On a phone, styles show a part of them. */
export const COLUMNS: readonly Column[] = [
  { key: 'line', words: 'Line', name: 'line' },
  { key: 'rowId', words: 'Row', name: 'row-id' },
  { key: 'name', words: 'Name', name: 'name' },
  { key: 'type', words: 'Type', name: 'type' },
  { key: 'youtube', words: 'YouTube', name: 'youtube' },
  { key: 'drive', words: 'Drive', name: 'drive' },
  { key: 'attemptedAt', words: 'Last try', name: 'attempted' },
];
