import stringWidth from 'string-width';
import { safe } from '../terminal.ts';

/** A column's title, and whether its cells are numbers. */
export interface Column {
  readonly title: string;
  readonly right?: boolean;
}

/** Cells in aligned columns, without lines; cells are made safe and wide characters are counted as such. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { head = (text: string) => text }: { readonly head?: (text: string) => string } = {},
): string {
  const cells = rows.map((row) => row.map((cell) => safe(cell)));
  const widths = columns.map(({ title }, at) =>
    Math.max(stringWidth(title), ...cells.map((row) => stringWidth(row[at] ?? ''))),
  );
  const line = (row: readonly string[]) =>
    columns
      .map(({ right }, at) => {
        const cell = row[at] ?? '';
        const fill = ' '.repeat((widths[at] ?? 0) - stringWidth(cell));
        return right ? fill + cell : cell + fill;
      })
      .join('  ')
      .trimEnd();
  return [head(line(columns.map(({ title }) => title))), ...cells.map(line)].join('\n');
}

/** A text cut to a width of the terminal. */
export function cutToWidth(text: string, width: number): string {
  const clean = safe(text);
  if (stringWidth(clean) <= width) return clean;
  let cut = '';
  for (const { segment } of new Intl.Segmenter().segment(clean)) {
    if (stringWidth(cut + segment) > width - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}
