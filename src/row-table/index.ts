export type { TablePage } from './ask.ts';
export type { CauseCounts, CausedDownload } from './cause-counts.ts';
export { type RowQuery, SORT_KEYS, type SortKey } from './query.ts';
export { RowTable, type RowTableOptions, type TableState } from './row-table.ts';
export type { ShownDownload, ShownRow } from './shown-row.ts';
export { CELL_STATUSES, type CellStatus } from './status-codes.ts';
