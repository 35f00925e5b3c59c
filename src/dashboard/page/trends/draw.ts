import uPlot from 'uplot';
import type { TrendSeries } from '../../contract.ts';
import { columns } from './columns.ts';
import type { Line } from './series.ts';

/** Draws lines over time into an element, in the colours of the present theme. */
export function draw(
  element: HTMLElement,
  lines: readonly Line[],
  series: TrendSeries,
  height: number,
): uPlot {
  const style = getComputedStyle(element);
  const colour = (name: string): string => resolved(element, style.getPropertyValue(name));
  const axis = {
    stroke: colour('--muted'),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return new uPlot(
    {
      width: element.clientWidth,
      height,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { size: 6 } },
      padding: [8, 24, 0, 0],
      scales: { y: { range: (_, least, most) => [Math.min(0, least), Math.max(1, most * 1.05)] } },
      axes: [
        { ...axis, size: 28, space: 72, values: '{HH}:{mm}' },
        {
          ...axis,
          size: 64,
          space: 40,
          values: (_, splits) => splits.map((split) => lines[0]?.value(split) ?? ''),
        },
      ],
      series: [
        {},
        ...lines.map(({ words, colour: name, dash }) => ({
          label: words,
          stroke: colour(name),
          width: 2,
          dash: [...dash],
          points: { show: false },
        })),
      ],
    },
    columns(lines, series),
    element,
  );
}

/** A canvas knows no `light-dark()`: the browser says which colour it is. */
function resolved(element: HTMLElement, colour: string): string {
  const probe = document.createElement('span');
  probe.style.color = colour;
  element.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}
