import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { Facets, RowsQuery, RowSummary, SortKey } from '../../contract.ts';
import { troubleOf } from '../connection/api.ts';
import { useAnswer } from '../connection/use-answer.ts';
import { ProgressBar } from '../parts/bar.tsx';
import { Button } from '../parts/button.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { RowPanel } from '../row/row-panel.tsx';
import type { ViewProps } from '../view-props.ts';
import { count, counted, percent } from '../words/numbers.ts';
import { Filters } from './filters.tsx';
import type { RowPages } from './row-pages.ts';
import { RowsTable } from './rows-table.tsx';
import { useRowPages } from './use-row-pages.ts';

/** Every row of the CSV, to filter, sort and open. */
export function RowsView({ live, route, go }: ViewProps): JSX.Element {
  const { query } = route;
  // Before the first word of the server the index may well stand: asking at once saves a way there and back.
  const ready = live.index.state === 'ready' || live.overview === null;
  const { pages, turn, key } = useRowPages(query, live.version, ready);
  const facets = useAnswer<Facets>('/api/rows/facets', live.version);
  const titles = useMemo(
    () => new Map((facets.data?.causes ?? []).map(({ cause, title }) => [cause, title])),
    [facets.data],
  );
  const change = (next: RowsQuery, replace: boolean): void =>
    go({ ...route, query: next, row: null }, replace);
  const close = (): void => {
    go({ ...route, row: null });
    requestAnimationFrame(() => document.getElementById('rows-grid')?.focus());
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || route.row === null || event.defaultPrevented) return;
      if (document.querySelector('dialog[open]') === null) close();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [route]);

  const { total } = pages;
  const busy = pages.shownKey !== key && pages.trouble === null;
  return (
    <div class={route.row === null ? 'rows-view' : 'rows-view with-panel'}>
      <div class="rows-side">
        <h1 class="offscreen">Rows</h1>
        <Filters query={query} facets={facets.data} onChange={change} />
        <p class="found" role="status">
          {total === null ? '\u00a0' : foundWords(total, live.overview?.totalRows ?? total)}
          <span class={busy && total !== null ? 'busy on' : 'busy'} aria-hidden="true" />
        </p>
        <Body live={live} pages={pages} trouble={pages.trouble} clear={() => change({}, false)}>
          {total !== null && total > 0 && (
            <RowsTable
              pages={pages}
              total={total}
              turn={turn}
              shownKey={pages.shownKey ?? ''}
              busy={busy}
              sort={query.sort}
              descending={query.descending === true}
              onSort={(sort) => change(sortedBy(query, sort), false)}
              openRow={route.row}
              onOpen={(row: RowSummary) => go({ ...route, row: row.rowId }, route.row !== null)}
              titles={titles}
            />
          )}
        </Body>
      </div>
      {route.row !== null && (
        <RowPanel key={route.row} id={route.row} version={live.version} titles={titles} onClose={close} />
      )}
    </div>
  );
}

/** The table, or why there is none. */
function Body({
  live,
  pages,
  trouble,
  clear,
  children,
}: {
  live: ViewProps['live'];
  pages: RowPages;
  trouble: unknown;
  clear: () => void;
  children: JSX.Element | false;
}): JSX.Element {
  const { index } = live;
  if (pages.total === null) {
    // Why, a banner says.
    if (index.state === 'failed')
      return <Empty title="No rows to show">They show once the CSV can be read.</Empty>;
    if (index.state === 'building') return <Reading fraction={index.fraction} />;
    return trouble === null ? (
      <Loading lines={12} />
    ) : (
      <Failed trouble={troubleOf(trouble)} again={() => pages.again()} />
    );
  }
  // What a banner says of the whole page need not be said of the table: its rows stay as they were.
  const isToldAbove = live.gone !== null || live.connection === 'lost';
  if (children !== false)
    return (
      <>
        {trouble !== null && !isToldAbove && (
          <Failed trouble={troubleOf(trouble)} again={() => pages.again()} />
        )}
        {children}
      </>
    );
  const all = live.overview?.totalRows ?? 0;
  if (all === 0)
    return <Empty title="The CSV has no rows yet">They show here as soon as it is saved with some.</Empty>;
  return (
    <div class="state">
      <h3>No row matches</h3>
      <p>None of {counted(all, 'row')} is what you filter by.</p>
      <Button onClick={clear}>Show all rows</Button>
    </div>
  );
}

function Reading({ fraction }: { fraction: number }): JSX.Element {
  return (
    <div class="state">
      <h3>Reading the CSV</h3>
      <p>{percent(fraction, 1)}: the rows show as soon as all of them are known.</p>
      <ProgressBar label="Reading the CSV" part={fraction} whole={1} />
    </div>
  );
}

function foundWords(total: number, all: number): string {
  return total === all ? counted(all, 'row') : `${count(total)} of ${counted(all, 'row')}`;
}

/** A column's header: ascending first, then descending, then the order of the CSV. */
function sortedBy(query: RowsQuery, key: SortKey): RowsQuery {
  const { sort, descending, ...rest } = query;
  if (sort !== key)
    return key === 'line' && sort === undefined
      ? { ...rest, sort: key, descending: true }
      : { ...rest, sort: key };
  return descending === true ? rest : { ...rest, sort: key, descending: true };
}
