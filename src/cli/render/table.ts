import stringWidth from 'string-width';
import { brief, wrapText } from './wrap.ts';

/** A column's title, and whether its cells are numbers. */
export interface Column {
  readonly title: string;
  readonly right?: boolean;
}

/** Columns of the terminal that a cell takes at most: one of megabytes would make every row as wide as itself. */
const MAX_CELL = 200;
/** The last cell of a row pads nothing, and is where paths stand, which are to be whole. */
const MAX_LAST_CELL = 4096;

/**
 * Cells in aligned columns, without lines; cells are made safe and wide characters are counted as such. Where that is
 * wider than the terminal, each row becomes a block with a line for each cell, so that nothing is broken. Only cells that
 * nobody would read are cut.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { head = (text) => text, width = Infinity }: TableOptions = {},
): string {
  const cells = rows.map((row) =>
    row.map((cell, at) => brief(cell, at === columns.length - 1 ? MAX_LAST_CELL : MAX_CELL)),
  );
  const widths = columns.map(({ title }, at) => widest([title, ...cells.map((row) => row[at] ?? '')]));
  if (widths.reduce((sum, each) => sum + each + GAP.length, -GAP.length) > width)
    return blocks(columns, cells, head, width);
  const line = (row: readonly string[]) =>
    columns
      .map(({ right }, at) => {
        const cell = row[at] ?? '';
        const fill = ' '.repeat((widths[at] ?? 0) - stringWidth(cell));
        return right ? fill + cell : cell + fill;
      })
      .join(GAP)
      .trimEnd();
  return [head(line(columns.map(({ title }) => title))), ...cells.map(line)].join('\n');
}

interface TableOptions {
  readonly head?: (text: string) => string;
  /** Columns of the terminal. */
  readonly width?: number;
}

const GAP = '  ';
/** Columns that a word keeps on the narrowest terminal. */
const MIN_WORD = 10;

/** The first cell of a row on a line of its own, the others below it, each with its title. */
function blocks(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  head: (text: string) => string,
  width: number,
): string {
  const titles = widest(columns.slice(1).map(({ title }) => title));
  const indent = ' '.repeat(titles + 2 * GAP.length);
  return rows
    .map(([first = '', ...others]) =>
      [
        wrapText(columns.length > 1 ? brief(first, width) : first, { width, indent: GAP }),
        ...others
          .map((cell, at) => ({ cell, title: columns[at + 1]?.title ?? '' }))
          .filter(({ cell }) => cell !== '')
          .map(({ cell, title }, at) => {
            const shown = at === columns.length - 2 ? cell : cutWords(cell, width - indent.length);
            return wrapText(`${GAP}${head(title.padEnd(titles))}${GAP}${shown}`, { width, indent });
          }),
      ].join('\n'),
    )
    .join('\n');
}

/** Words that are wider than the line are cut; a path, which stands last, is not. */
function cutWords(cell: string, width: number): string {
  return cell
    .split(' ')
    .map((word) => brief(word, Math.max(width, MIN_WORD)))
    .join(' ');
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, stringWidth(text)), 0);
}
