import { COLUMN_KEYS, type ColumnMapping, DEFAULT_COLUMNS } from '../column-mapping.ts';
import type { Layout } from '../layout.ts';
import { describeMissingColumns, proposeColumns } from '../missing-columns.ts';
import { openHeader } from './open-header.ts';

/** What a CSV's header says of it, before anybody works on it. */
export interface CsvInspection {
  /** All names, trimmed. */
  readonly header: readonly string[];
  /** Columns that are there, by what they stand for. */
  readonly found: Partial<Readonly<Record<keyof ColumnMapping, string>>>;
  /** Names that probably stand for columns that are missing, among them columns that a CSV may do without. */
  readonly proposed: Partial<Readonly<Record<keyof ColumnMapping, string>>>;
  /** What is missing even with the proposal, as keys of the configuration; `link` is one of youtube and drive. */
  readonly lacking: readonly ('row_id' | 'link')[];
  /** One sentence on what is missing without the proposal; null when all is there. */
  readonly missing: string | null;
}

/**
 * Looks at the header of a CSV, whatever its names are, and proposes which columns to use. Only its first megabyte is read.
 * Nothing is created or changed.
 * @throws RowtrailError for a file that is missing or cannot be read, is no CSV, or has no header
 */
export async function inspectCsv(
  csvPath: string,
  { columns: given = {} }: { readonly columns?: Partial<ColumnMapping> | undefined } = {},
): Promise<CsvInspection> {
  const columns = { ...DEFAULT_COLUMNS, ...given };
  const { handle, header } = await openHeader(csvPath, columns);
  await handle.close();
  return inspectLayout(header.layout, columns);
}

/** Pure. */
export function inspectLayout(layout: Layout, columns: ColumnMapping): CsvInspection {
  const noLink = layout.youtube < 0 && layout.drive < 0;
  const keys = Object.keys(COLUMN_KEYS) as (keyof ColumnMapping)[];
  const proposed = proposeColumns(
    layout,
    keys.filter((key) => layout[key] < 0),
  );
  const found = Object.fromEntries(keys.filter((key) => layout[key] >= 0).map((key) => [key, columns[key]]));
  return {
    header: layout.header,
    found,
    proposed,
    lacking: [
      ...(layout.rowId < 0 && proposed.rowId === undefined ? (['row_id'] as const) : []),
      ...(noLink && proposed.youtube === undefined && proposed.drive === undefined
        ? (['link'] as const)
        : []),
    ],
    missing: describeMissingColumns(layout, columns),
  };
}
