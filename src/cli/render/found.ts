import type { FoundFile } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { table } from './table.ts';

const BY = { path: 'this file', name: 'its name', content: 'the same bytes' } as const;

export function renderFound({ file, rows }: FoundFile, { out, width }: Terminal): string {
  if (rows.length === 0) return `No row is known for ${safe(file)}.`;
  return table(
    [
      { title: 'row_id' },
      { title: 'name' },
      { title: 'email' },
      { title: 'type' },
      { title: 'found by' },
      { title: 'path' },
    ],
    rows.map(({ rowId, name, email, type, by, path }) => [rowId, name, email, type, BY[by], path]),
    { head: out.dim, width: width.out },
  );
}
