/**
 * Scrolling through more pixels than an element may be high (about 33 million in Chromium, 17 in Firefox). The scrolled
 * element is at most `TALLEST` high. Near both ends one of its pixels is one of the rows', so that wheel and keys reach
 * every row there; between the ends its scale is that of the whole.
 */
const TALLEST = 12_000_000;
const EXACT_ENDS = 1_000_000;

/** Where a table stands. `scroll` is the element's scrollTop, `top` the pixel of all rows that is uppermost. */
export interface Place {
  readonly scroll: number;
  readonly top: number;
}

export interface Extent {
  readonly rows: number;
  readonly rowHeight: number;
  readonly viewHeight: number;
}

/** The height that the scrolled element gets. */
export function canvasHeight({ rows, rowHeight }: Extent): number {
  return Math.min(rows * rowHeight, TALLEST);
}

/** The largest `top`. */
export function lastTop({ rows, rowHeight, viewHeight }: Extent): number {
  return Math.max(0, rows * rowHeight - viewHeight);
}

function lastScroll(extent: Extent): number {
  return Math.max(0, canvasHeight(extent) - extent.viewHeight);
}

/** The pixel of all rows that belongs to a scrollTop. */
export function topAt(scroll: number, extent: Extent): number {
  const ends = [lastScroll(extent), lastTop(extent)] as const;
  return mapped(clamp(scroll, 0, ends[0]), ends[0], ends[1]);
}

/** The scrollTop that belongs to a pixel of all rows. */
export function scrollAt(top: number, extent: Extent): number {
  const ends = [lastTop(extent), lastScroll(extent)] as const;
  return mapped(clamp(top, 0, ends[0]), ends[0], ends[1]);
}

/** From a scale of `from` pixels to one of `to`: the same at both ends, stretched between. */
function mapped(value: number, from: number, to: number): number {
  if (from === to) return value;
  if (value <= EXACT_ENDS) return value;
  if (value >= from - EXACT_ENDS) return to - (from - value);
  return EXACT_ENDS + ((value - EXACT_ENDS) * (to - 2 * EXACT_ENDS)) / (from - 2 * EXACT_ENDS);
}

/**
 * Where the table stands after the element was scrolled: small steps (wheel, touch, keys) move the rows by just as much,
 * so that no row is leapt over; a leap (the scroll bar was dragged) goes to the place of the whole.
 */
export function scrolled(before: Place, scroll: number, extent: Extent): Place {
  const step = scroll - before.scroll;
  const atEnd = scroll <= 0 || scroll >= lastScroll(extent) - 1;
  if (atEnd || Math.abs(step) > 2 * extent.viewHeight) return { scroll, top: topAt(scroll, extent) };
  return { scroll, top: clamp(before.top + step, 0, lastTop(extent)) };
}

/** The rows that a view of `top` touches: from `first` to `last`, both included; `last` is -1 when there are none. */
export function rowsIn(
  top: number,
  { rows, rowHeight, viewHeight }: Extent,
): { first: number; last: number } {
  const first = clamp(Math.floor(top / rowHeight), 0, Math.max(0, rows - 1));
  const last = Math.min(rows - 1, Math.ceil((top + viewHeight) / rowHeight) - 1);
  return { first, last: Math.max(last, Math.min(first, rows - 1)) };
}

/** The `top` nearest to this one that shows a row whole. */
export function topShowing(row: number, top: number, extent: Extent): number {
  const start = row * extent.rowHeight;
  const shown = Math.max(start + extent.rowHeight - extent.viewHeight, Math.min(top, start));
  return clamp(shown, 0, lastTop(extent));
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
