import type { RowContext } from '../../index.ts';
import type { Terminal } from '../terminal.ts';
import { table } from './table.ts';

export function renderRows(rows: readonly RowContext[], none: string, { out, width }: Terminal): string {
  if (rows.length === 0) return none;
  return table(
    [{ title: 'row_id' }, { title: 'name' }, { title: 'email' }, { title: 'type' }],
    rows.map(({ rowId, name, email, type }) => [rowId, name, email, type]),
    { head: out.dim, width: width.out },
  );
}
