import type { CellStatus, DownloadType, RowsQuery, SortKey } from '../../contract.ts';

export type View = 'overview' | 'rows' | 'failures' | 'trends' | 'settings';
export const VIEWS: readonly View[] = ['overview', 'rows', 'failures', 'trends', 'settings'];

/** What the page shows, as it stands in the address's hash: `#/rows?status=failed&q=ada&row=001`. */
export interface Route {
  readonly view: View;
  readonly query: RowsQuery;
  /** The row whose panel is open. */
  readonly row: string | null;
}

const STATUSES: readonly CellStatus[] = ['none', 'pending', 'downloading', 'completed', 'failed', 'unknown'];
const SORTS: readonly SortKey[] = ['line', 'rowId', 'name', 'type', 'youtube', 'drive', 'attemptedAt'];
const DOWNLOADS: readonly DownloadType[] = ['youtube', 'drive'];

/** Reads a hash; whatever it does not know it leaves out, so every address shows something. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const asked = new URLSearchParams(search);
  const status = STATUSES.filter((value) => asked.getAll('status').includes(value));
  const cause = asked.getAll('cause').filter((value) => value !== '');
  const download = DOWNLOADS.find((value) => value === asked.get('download'));
  const sort = SORTS.find((value) => value === asked.get('sort'));
  const text = asked.get('q') ?? '';
  return {
    view: VIEWS.find((view) => view === path) ?? 'overview',
    query: {
      ...(status.length > 0 && { status }),
      ...(cause.length > 0 && { cause }),
      ...(download !== undefined && { download }),
      ...(text !== '' && { text }),
      ...(sort !== undefined && { sort }),
      ...(sort !== undefined && asked.get('desc') === '1' && { descending: true }),
    },
    row: asked.get('row'),
  };
}

/** The hash of a route: `parseRoute` gives the same route again. */
export function routeHash({ view, query, row }: Route): string {
  const asked = new URLSearchParams();
  for (const status of query.status ?? []) asked.append('status', status);
  for (const cause of query.cause ?? []) asked.append('cause', cause);
  if (query.download !== undefined) asked.set('download', query.download);
  if (query.text !== undefined && query.text !== '') asked.set('q', query.text);
  if (query.sort !== undefined) asked.set('sort', query.sort);
  if (query.sort !== undefined && query.descending === true) asked.set('desc', '1');
  if (row !== null) asked.set('row', row);
  const search = asked.toString();
  return `#/${view}${search === '' ? '' : `?${search}`}`;
}

/** The rows' table by a query, nothing else open: what links lead to. */
export function rowsHash(query: RowsQuery): string {
  return routeHash({ view: 'rows', query, row: null });
}

/** A query as the server's API takes it; also what tells two queries apart. */
export function queryParams(query: RowsQuery): URLSearchParams {
  const params = new URLSearchParams();
  for (const status of query.status ?? []) params.append('status', status);
  for (const cause of query.cause ?? []) params.append('cause', cause);
  if (query.download !== undefined) params.set('download', query.download);
  if (query.text !== undefined) params.set('text', query.text);
  if (query.sort !== undefined) params.set('sort', query.sort);
  if (query.descending === true) params.set('descending', 'true');
  return params;
}
