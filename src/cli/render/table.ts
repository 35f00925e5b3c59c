import { textWidth } from './text-width.ts';
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
  options: TableOptions = {},
): string {
  return pagedTable(columns, options)(rows);
}

/**
 * A table that comes in pages, for rows that are too many to be held at once. The titles are on the first page; a column keeps its width and
 * grows with a page that needs more.
 * @returns renders the next page
 */
export function pagedTable(
  columns: readonly Column[],
  { head = (text) => text, width = Infinity }: TableOptions = {},
): (rows: readonly (readonly string[])[]) => string {
  const titles = columns.map(({ title }) => title);
  let widths = titles.map(() => 0);
  let isFirst = true;
  let inBlocks = false;
  return (rows) => {
    const cells = rows.map((row) =>
      row.map((cell, at) => brief(cell, at === columns.length - 1 ? MAX_LAST_CELL : MAX_CELL)),
    );
    const lines = isFirst ? [titles, ...cells] : cells;
    widths = widths.map((least, at) => Math.max(least, widest(lines.map((row) => row[at] ?? ''))));
    inBlocks ||= widths.reduce((sum, each) => sum + each + GAP.length, -GAP.length) > width;
    const text = inBlocks ? blocks(columns, cells, head, width) : lines.map(line);
    if (isFirst && !inBlocks) text[0] = head(text[0] ?? '');
    isFirst = false;
    return text.join('\n');
  };

  function line(row: readonly string[]): string {
    return columns
      .map(({ right }, at) => {
        const cell = row[at] ?? '';
        const fill = ' '.repeat((widths[at] ?? 0) - textWidth(cell));
        return right ? fill + cell : cell + fill;
      })
      .join(GAP)
      .trimEnd();
  }
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
): string[] {
  const titles = widest(columns.slice(1).map(({ title }) => title));
  const indent = ' '.repeat(titles + 2 * GAP.length);
  return rows.map(([first = '', ...others]) =>
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
  );
}

/** Words that are wider than the line are cut; a path, which stands last, is not. */
function cutWords(cell: string, width: number): string {
  return cell
    .split(' ')
    .map((word) => brief(word, Math.max(width, MIN_WORD)))
    .join(' ');
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, textWidth(text)), 0);
}
