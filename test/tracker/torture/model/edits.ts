import * as fc from 'fast-check';
import { TRACKING_COLUMNS } from '../../../../src/row/index.ts';
import type { Row, Sheet } from './sheet.ts';

/** What a person does to a sheet before saving it. Rows and columns are chosen modulo how many there are. */
export type Edit =
  | { readonly do: 'sort'; readonly column: number }
  | {
      readonly do: 'insert' | 'delete' | 'drop zeros' | 'give zeros back' | 'add column';
      readonly at: number;
    }
  | { readonly do: 'move column'; readonly at: number; readonly to: number }
  | {
      readonly do: 'change link';
      readonly at: number;
      readonly link: string;
      readonly kind: 'youtube' | 'drive';
    }
  | {
      readonly do: 'set status';
      readonly at: number;
      readonly status: string;
      readonly kind: 'youtube' | 'drive';
    }
  | {
      readonly do: 'write otherwise';
      readonly delimiter: Sheet['delimiter'];
      readonly quotes: boolean;
      readonly newline: Sheet['newline'];
    }
  | { readonly do: 'note'; readonly at: number; readonly text: string };

const at = fc.nat({ max: 30 });
const kind = fc.constantFrom('youtube' as const, 'drive' as const);

export const anEdit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sort' as const), column: at }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('insert', 'delete', 'drop zeros', 'give zeros back', 'add column'),
      at,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move column' as const), at, to: at }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('change link' as const),
      at,
      link: fc.constantFrom('https://youtu.be/ccccccccccc', 'https://youtu.be/ddddddddddd', '-', ''),
      kind,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('set status' as const),
      at,
      status: fc.constantFrom('pending', '', 'done!', 'completed', 'failed'),
      kind,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('write otherwise' as const),
      delimiter: fc.constantFrom(',', ';', '\t'),
      quotes: fc.boolean(),
      newline: fc.constantFrom('\n', '\r\n'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('note' as const),
      at,
      text: fc.constantFrom('x', 'a "b", c', 'two\nlines'),
    }),
  },
);

/** The sheet after an edit; the same sheet where it means nothing. */
export function edited(sheet: Sheet, edit: Edit): Sheet {
  const { rows, columns } = sheet;
  const changeRow = (change: (row: Row) => Row): Sheet => {
    if (rows.length === 0 || !('at' in edit)) return sheet;
    const chosen = edit.at % rows.length;
    return { ...sheet, rows: rows.map((row, n) => (n === chosen ? change(row) : row)) };
  };
  const free = (rowId: string) => !rows.some((row) => row['row_id'] === rowId);
  switch (edit.do) {
    case 'sort': {
      const column = columns[edit.column % columns.length] ?? '';
      return { ...sheet, rows: rows.toSorted((a, b) => ((a[column] ?? '') < (b[column] ?? '') ? -1 : 1)) };
    }
    case 'insert': {
      const number = Array.from({ length: 40 }, (_, n) => n).find((n) => free(`new${n}`)) ?? 0;
      return {
        ...sheet,
        rows: rows.toSpliced(edit.at % (rows.length + 1), 0, newRow(columns, `new${number}`)),
      };
    }
    case 'delete':
      return rows.length < 2 ? sheet : { ...sheet, rows: rows.toSpliced(edit.at % rows.length, 1) };
    case 'drop zeros':
      return changeRow((row) => withId(row, (row['row_id'] ?? '').replace(/^0+(?=\d)/, ''), free));
    case 'give zeros back':
      return changeRow((row) =>
        withId(
          row,
          (row['row_id'] ?? '').replace(/^(\d+)$/, (id) => id.padStart(3, '0')),
          free,
        ),
      );
    case 'add column': {
      const name = `extra${columns.length}`;
      const place = edit.at % (columns.length + 1);
      return {
        ...sheet,
        columns: columns.toSpliced(place, 0, name),
        rows: rows.map((row) => ({ ...row, [name]: 'e' })),
      };
    }
    case 'move column': {
      const from = edit.at % columns.length;
      const rest = columns.toSpliced(from, 1);
      return { ...sheet, columns: rest.toSpliced(edit.to % columns.length, 0, columns[from] ?? '') };
    }
    case 'change link':
      return changeRow((row) => ({
        ...row,
        [edit.kind === 'youtube' ? 'youtube_playlist' : 'google_drive']: edit.link,
      }));
    case 'set status':
      return columns.includes('youtube_status')
        ? changeRow((row) => ({ ...row, [`${edit.kind}_status`]: edit.status }))
        : sheet;
    case 'write otherwise':
      return { ...sheet, delimiter: edit.delimiter, quotes: edit.quotes, newline: edit.newline };
    case 'note':
      return changeRow((row) => ({ ...row, mine: edit.text }));
    default:
      return sheet;
  }
}

function withId(row: Row, rowId: string, free: (rowId: string) => boolean): Row {
  return free(rowId) ? { ...row, row_id: rowId } : row;
}

function newRow(columns: readonly string[], rowId: string): Row {
  const cells: Record<string, string> = Object.fromEntries(columns.map((column) => [column, '']));
  Object.assign(cells, {
    row_id: rowId,
    name: `Name of ${rowId}`,
    email: `${rowId}@example.org`,
    type: 'NEW #1',
    youtube_playlist: 'https://youtu.be/nnnnnnnnnnn',
  });
  for (const column of TRACKING_COLUMNS) if (columns.includes(column)) cells[column] = '';
  return cells;
}
