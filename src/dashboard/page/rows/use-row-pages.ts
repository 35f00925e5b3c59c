import { useEffect, useRef, useState } from 'preact/hooks';
import type { RowsPage, RowsQuery } from '../../contract.ts';
import { get } from '../connection/api.ts';
import { queryParams } from '../route/route.ts';
import { PAGE_ROWS, RowPages } from './row-pages.ts';

/**
 * The rows of a query, for as long as a view shows them.
 * @param ready whether the index stands; before, nothing is asked
 * @returns `turn` grows with each change of the pages
 */
export function useRowPages(
  query: RowsQuery,
  version: number,
  ready: boolean,
): { pages: RowPages; turn: number; key: string } {
  const [turn, setTurn] = useState(0);
  const kept = useRef<RowPages | null>(null);
  kept.current ??= new RowPages({
    load: (key, offset, signal) =>
      get<RowsPage>(`/api/rows?${key}${key === '' ? '' : '&'}offset=${offset}&limit=${PAGE_ROWS}`, signal),
    onChange: () => setTurn((before) => before + 1),
  });
  const pages = kept.current;
  const key = queryParams(query).toString();
  useEffect(() => {
    if (ready) pages.ask(key, version);
  }, [key, ready]);
  useEffect(() => {
    if (ready) pages.renew(version);
  }, [version]);
  useEffect(() => () => pages.end(), []);
  return { pages, turn, key };
}
