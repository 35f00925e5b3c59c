import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { TrendData } from '../../contract.ts';
import { useAnswer } from '../connection/use-answer.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { useNow } from '../parts/use-now.ts';
import type { ViewProps } from '../view-props.ts';
import { DISK, DOWNLOADS } from './series.ts';
import { Chart } from './chart.tsx';
import { TrendTable } from './trend-table.tsx';

const SPANS = { day: 'Last 24 hours', run: 'Whole run' } as const;
type Span = keyof typeof SPANS;

/** How the downloads went over time. */
export function TrendsView({ live }: ViewProps): JSX.Element {
  const [span, setSpan] = useState<Span>('day');
  const minute = Math.floor(useNow(15_000) / 30_000);
  const { data, trouble, again } = useAnswer<TrendData>('/api/trend', `${minute} ${live.connection}`);
  const series = data?.[span];
  return (
    <>
      <div class="view-head">
        <h1>Trends</h1>
        <div class="segments end" role="group" aria-label="Time">
          {(['day', 'run'] as const).map((name) => (
            <button key={name} type="button" aria-pressed={name === span} onClick={() => setSpan(name)}>
              {SPANS[name]}
            </button>
          ))}
        </div>
      </div>
      {trouble !== null && <Failed trouble={trouble} again={again} />}
      {series === undefined && trouble === null && <Loading lines={8} />}
      {series !== undefined && series.at.length < 2 && (
        <Empty title={span === 'day' ? 'Nothing in the last 24 hours' : 'No run yet'}>
          A run notes every minute how it stands; two notes make a line.
        </Empty>
      )}
      {series !== undefined && series.at.length >= 2 && (
        <>
          <Chart title="Downloads" lines={DOWNLOADS} series={series} />
          <Chart title="Disk used" lines={DISK} series={series} />
          <TrendTable series={series} />
        </>
      )}
    </>
  );
}
