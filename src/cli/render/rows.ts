import type { RowContext } from '../../index.ts';
import type { Terminal } from '../terminal.ts';
import { pagedTable } from './table.ts';

const ROWS_PER_PAGE = 1000;

/** A table of rows, page by page, without a line end after the last one. */
export async function* renderRows(
  rows: AsyncIterable<RowContext> | Iterable<RowContext>,
  none: string,
  { out, width }: Terminal,
): AsyncGenerator<string, void, undefined> {
  const render = pagedTable([{ title: 'row_id' }, { title: 'name' }, { title: 'email' }, { title: 'type' }], {
    head: out.dim,
    width: width.out,
  });
  let before = '';
  let page: string[][] = [];
  for await (const { rowId, name, email, type } of rows) {
    page.push([rowId, name, email, type]);
    if (page.length < ROWS_PER_PAGE) continue;
    yield before + render(page);
    page = [];
    before = '\n';
  }
  if (page.length > 0) yield before + render(page);
  else if (before === '') yield none;
}
