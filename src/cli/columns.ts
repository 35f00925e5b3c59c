import type { ColumnMapping, TrackerOptions } from '../index.ts';
import type { CommandContext } from './command.ts';
import type { Settings } from './settings/schema.ts';

/** `columns:` of the configuration as the csv folder names them; undefined when there is none. */
export function columnMappingOf({ columns }: Settings): Partial<ColumnMapping> | undefined {
  if (columns === undefined) return undefined;
  const { row_id: rowId, ...others } = columns;
  const named = Object.entries({ rowId, ...others }).filter(([, name]) => name !== undefined);
  return Object.fromEntries(named);
}

/** What every API call that opens a CSV is told. */
export function trackerOptions({
  settings,
  onNote,
}: Pick<CommandContext, 'settings' | 'onNote'>): TrackerOptions {
  const columns = columnMappingOf(settings);
  return { ...(columns !== undefined && { columns }), store: settings.store, onNote };
}
