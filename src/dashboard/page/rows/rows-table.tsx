import type { JSX } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { RowSummary, SortKey } from '../../contract.ts';
import { Icon } from '../parts/icon.tsx';
import { useMedia } from '../parts/use-media.ts';
import { COLUMNS } from './columns.ts';
import { RowLine, type CauseTitles } from './row-line.tsx';
import type { RowPages } from './row-pages.ts';
import {
  canvasHeight,
  rowsIn,
  scrollAt,
  scrolled,
  topShowing,
  type Extent,
  type Place,
} from './scroll-map.ts';

export interface RowsTableProps {
  readonly pages: RowPages;
  readonly total: number;
  /** Changes with each answer: what the pages hold may be another. */
  readonly turn: number;
  /** Of the query whose rows are shown: with another one the table begins at its top. */
  readonly shownKey: string;
  readonly busy: boolean;
  readonly sort: SortKey | undefined;
  readonly descending: boolean;
  readonly onSort: (key: SortKey) => void;
  readonly openRow: string | null;
  readonly onOpen: (row: RowSummary) => void;
  readonly titles: CauseTitles;
}

const REST_MS = 180;
/** Places that were scrolled over and may be shown when their rows come before those of the last one. */
const RECENT = 12;
const TOP: Place = { scroll: 0, top: 0 };

/**
 * A table of any number of rows, of which those in view are elements. They lie in a layer that does not scroll, so that
 * what was shown stays until the rows of the next place are known: a blank is never seen.
 */
export function RowsTable(props: RowsTableProps): JSX.Element {
  const { pages, total, turn, shownKey, busy, sort, descending, openRow, titles } = props;
  const rowHeight = useMedia('(max-width: 719px)') ? 60 : 36;
  const scroller = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const [viewHeight, setViewHeight] = useState(600);
  const [active, setActive] = useState(0);
  const [shownTop, setShownTop] = useState(0);
  const place = useRef(TOP);
  const recent = useRef<number[]>([]);
  const extent: Extent = { rows: total, rowHeight, viewHeight };
  const latest = useRef(extent);
  latest.current = extent;

  /** Shows the latest place whose rows are all known, and asks for those of the present one. */
  const settle = useCallback(() => {
    const { first, last } = rowsIn(place.current.top, latest.current);
    pages.see(first, last);
    const known = [place.current.top, ...recent.current].find((top) => {
      const rows = rowsIn(top, latest.current);
      return pages.has(rows.first, rows.last);
    });
    if (known !== undefined) setShownTop(known);
    if (known === place.current.top) recent.current = [];
  }, [pages]);

  const moveTo = useCallback((top: number) => {
    place.current = { top, scroll: scrollAt(top, latest.current) };
    const element = scroller.current;
    if (element !== null) {
      element.scrollTop = place.current.scroll;
      // A browser may round it: what it will report counts.
      place.current = { top, scroll: element.scrollTop };
    }
    settle();
  }, []);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = (): void => setViewHeight(element.clientHeight - (head.current?.offsetHeight ?? 0));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // At rest the scroll bar is put where the rows are: small steps were not scaled.
    const rest = (): void => moveTo(place.current.top);
    const onScroll = (): void => {
      const next = scrolled(place.current, element.scrollTop, latest.current);
      if (next.scroll === place.current.scroll && next.top === place.current.top) return;
      recent.current = [place.current.top, ...recent.current].slice(0, RECENT);
      place.current = next;
      settle();
      if ('onscrollend' in window) return;
      clearTimeout(timer);
      timer = setTimeout(rest, REST_MS);
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    element.addEventListener('scrollend', rest);
    return () => {
      clearTimeout(timer);
      element.removeEventListener('scroll', onScroll);
      element.removeEventListener('scrollend', rest);
    };
  }, []);

  useLayoutEffect(() => {
    setActive(0);
    recent.current = [];
    moveTo(0);
  }, [shownKey]);

  useLayoutEffect(() => settle(), [turn, viewHeight, rowHeight, total]);

  const open = (index: number): void => {
    const row = pages.row(index);
    if (row !== undefined) props.onOpen(row);
  };
  const activate = (index: number): void => {
    const next = Math.max(0, Math.min(total - 1, index));
    setActive(next);
    moveTo(topShowing(next, place.current.top, latest.current));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const pageful = Math.max(1, Math.floor(viewHeight / rowHeight) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + pageful,
      PageUp: active - pageful,
      Home: 0,
      End: total - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) activate(to);
    else if (event.key === 'Enter' || event.key === ' ') open(active);
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent): void => {
    const line = event.target instanceof Element ? event.target.closest('[data-index]') : null;
    if (line === null) return;
    const index = Number(line.getAttribute('data-index'));
    setActive(index);
    open(index);
  };

  const view = rowsIn(shownTop, extent);
  const lines: JSX.Element[] = [];
  const today = Date.now();
  // One more than is seen: the table may become a little higher before it is drawn again.
  for (let index = view.first; index <= view.last + 1; index += 1) {
    const row = pages.row(index);
    if (row !== undefined)
      lines.push(
        <RowLine
          key={index % (view.last - view.first + 3)}
          row={row}
          index={index}
          active={index === active}
          open={row.rowId === openRow}
          titles={titles}
          today={Math.floor(today / 3_600_000) * 3_600_000}
        />,
      );
  }
  const activeShown = active >= view.first && active <= view.last && lines.length > 0;
  return (
    <div
      ref={scroller}
      id="rows-grid"
      class="grid"
      role="grid"
      aria-label="Rows"
      aria-rowcount={total + 1}
      aria-colcount={COLUMNS.length}
      aria-busy={busy}
      aria-activedescendant={activeShown ? `row-${active}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div ref={head} role="rowgroup" class="grid-head">
        <div role="row" class="line head" aria-rowindex={1}>
          {COLUMNS.map(({ key, words, name }) => {
            const sorted = sort === key || (sort === undefined && key === 'line');
            const order = !sorted ? 'none' : descending ? 'descending' : 'ascending';
            return (
              <span key={key} role="columnheader" class={`cell ${name}`} aria-sort={order}>
                <button type="button" onClick={() => props.onSort(key)}>
                  {words}
                  <span class={sorted ? 'arrow on' : 'arrow'}>
                    <Icon name={sorted && descending ? 'under' : 'up'} />
                  </span>
                </button>
              </span>
            );
          })}
        </div>
      </div>
      <div role="rowgroup" class="grid-body" onClick={onClick}>
        <div role="presentation" class="canvas" style={{ height: `${canvasHeight(extent)}px` }}>
          <div
            role="presentation"
            class="layer"
            style={{ height: `${Math.min(viewHeight, total * rowHeight)}px` }}
          >
            <div
              role="presentation"
              class="lines"
              style={{ transform: `translateY(${view.first * rowHeight - shownTop}px)` }}
            >
              {lines}
            </div>
          </div>
        </div>
      </div>
    </div>
  );
}
