import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import type { TrendSeries } from '../../contract.ts';
import { useMedia } from '../parts/use-media.ts';
import { columns } from './columns.ts';
import type { Line } from './series.ts';

const HEIGHT = 220;

/** Lines over time. The table below them says the same in words. */
export function Chart({
  title,
  lines,
  series,
}: {
  title: string;
  lines: readonly Line[];
  series: TrendSeries;
}): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<uPlot | null>(null);
  const latest = useRef(series);
  latest.current = series;
  const dark = useMedia('(prefers-color-scheme: dark)');
  const theme = document.documentElement.dataset['theme'] ?? String(dark);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    let ended = false;
    let observer: ResizeObserver | null = null;
    const begin = async (): Promise<void> => {
      // Only who looks at trends needs the library.
      const { draw } = await import('./draw.ts');
      if (ended) return;
      const chart = draw(element, lines, latest.current, HEIGHT);
      drawn.current = chart;
      observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
      observer.observe(element);
    };
    void begin();
    return () => {
      ended = true;
      observer?.disconnect();
      drawn.current?.destroy();
      drawn.current = null;
    };
  }, [theme, lines]);
  useEffect(() => {
    drawn.current?.setData(columns(lines, series));
  }, [series]);
  return (
    <section class="card chart" aria-label={title}>
      <div class="card-head">
        <h2>{title}</h2>
        <ul class="legend">
          {lines.map(({ key, words }) => (
            <li key={key}>
              <span class={`key ${key}`} aria-hidden="true" />
              {words}
            </li>
          ))}
        </ul>
      </div>
      <div ref={place} class="plot" aria-hidden="true" />
    </section>
  );
}
