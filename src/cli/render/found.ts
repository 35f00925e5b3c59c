import type { FoundFile } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { fromHere } from './paths.ts';
import { table } from './table.ts';
import { wrapText } from './wrap.ts';

const BY = {
  path: 'this file',
  name: 'its name',
  content: 'the same bytes',
  medium: 'the same medium',
} as const;

/** @param cwd where the person is: paths below it are shown as they can be opened from there */
export function renderFound({ file, rows }: FoundFile, cwd: string, { out, width }: Terminal): string {
  if (rows.length === 0) return wrapText(`No row is known for ${safe(file)}.`, { width: width.out });
  return table(
    [
      { title: 'row_id' },
      { title: 'name' },
      { title: 'email' },
      { title: 'type' },
      { title: 'found by' },
      { title: 'path' },
    ],
    rows.map(({ rowId, name, email, type, by, path, file: at }) => [
      rowId,
      name,
      email,
      type,
      BY[by],
      at === null ? path : fromHere(at, cwd),
    ]),
    { head: out.dim, width: width.out },
  );
}
