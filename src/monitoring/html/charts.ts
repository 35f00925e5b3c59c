import type { TrendPoint } from '../trend.ts';
import { countText, hourText } from '../words.ts';

/** A part of a bar; `kind` gives it its colour. */
export interface BarPart {
  readonly kind: 'good' | 'bad' | 'wait';
  readonly value: number;
}

/** Shapes are stretched to the page's width; words stand beside them in HTML, so that they stay readable on a telephone. */
const WIDTH = 1000;
const HEIGHT = 200;

/** A bar whose parts add up to its whole width; an empty one where there is nothing. @param label for screen readers */
export function stackedBar(parts: readonly BarPart[], label: string): string {
  const total = parts.reduce((sum, { value }) => sum + value, 0);
  let x = 0;
  const rects = parts.map(({ kind, value }) => {
    const width = total === 0 ? 0 : (value / total) * WIDTH;
    const rect =
      width === 0 ? '' : `<rect class="${kind}" x="${round(x)}" y="0" width="${round(width)}" height="10"/>`;
    x += width;
    return rect;
  });
  const empty =
    total === 0 ? `<rect class="wait" x="0" y="0" width="${WIDTH}" height="10" opacity=".35"/>` : '';
  return `<svg class="bar" viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" role="img" aria-label="${label}">${rects.join('')}${empty}</svg>`;
}

/** A bar as long as a value's share of the largest one. */
export function shareBar(value: number, largest: number, label: string): string {
  const width = largest === 0 ? 0 : Math.max((value / largest) * WIDTH, 4);
  return `<svg class="bar" viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" role="img" aria-label="${label}"><rect class="bad" x="0" y="0" width="${round(width)}" height="10"/></svg>`;
}

/** Completed downloads over time, from the least to the most of them; needs two points. */
export function completedCurve(points: readonly TrendPoint[]): string {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return '';
  const [begin, end] = [Date.parse(first.at), Date.parse(last.at)];
  const values = points.map(({ completed }) => completed);
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const places = points.map(({ at, completed }) => {
    const x = end === begin ? 0 : ((Date.parse(at) - begin) / (end - begin)) * WIDTH;
    // A straight line in the middle where nothing changed.
    const y = high === low ? HEIGHT / 2 : HEIGHT - 8 - ((completed - low) / (high - low)) * (HEIGHT - 16);
    return `${round(x)},${round(y)}`;
  });
  const label = `Completed downloads: ${countText(first.completed)} at ${hourText(first.at)}, ${countText(last.completed)} at ${hourText(last.at)} UTC`;
  return [
    `<div class="between soft"><span>${countText(high)}</span></div>`,
    `<svg height="160" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}">`,
    ...[8, HEIGHT / 2, HEIGHT - 8].map(
      (y) => `<line class="grid" x1="0" x2="${WIDTH}" y1="${y}" y2="${y}"/>`,
    ),
    `<polygon class="area" points="0,${HEIGHT} ${places.join(' ')} ${WIDTH},${HEIGHT}"/>`,
    `<polyline class="curve" points="${places.join(' ')}"/>`,
    '</svg>',
    `<div class="between soft"><span>${countText(low)}</span></div>`,
    `<div class="between soft"><span>${hourText(first.at)} UTC</span><span>${hourText(last.at)} UTC</span></div>`,
  ].join('\n');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
