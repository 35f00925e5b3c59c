import type { ColumnMapping } from '../index.ts';
import type { Settings } from './settings.ts';

/** `columns:` of the configuration as the csv folder names them; undefined when there is none. */
export function columnMappingOf({ columns }: Settings): Partial<ColumnMapping> | undefined {
  if (columns === undefined) return undefined;
  const { row_id: rowId, ...others } = columns;
  const named = Object.entries({ rowId, ...others }).filter(([, name]) => name !== undefined);
  return Object.fromEntries(named);
}

/** The same as options of an API call. */
export function columnsOption(settings: Settings): { readonly columns?: Partial<ColumnMapping> } {
  const columns = columnMappingOf(settings);
  return columns === undefined ? {} : { columns };
}
