import type { JSX } from 'preact';
import type { TrendSeries } from '../../contract.ts';
import { bytes, count } from '../words/numbers.ts';
import { fullMoment } from '../words/times.ts';
import { thinned } from './series.ts';

const MOST = 24;

/** The charts in numbers. */
export function TrendTable({ series }: { series: TrendSeries }): JSX.Element {
  const number = (values: readonly number[], index: number): number => values[index] ?? 0;
  return (
    <details class="card numbers">
      <summary>The same as a table</summary>
      <div class="table-wrap" tabIndex={0} role="region" aria-label="Trend as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Completed</th>
              <th scope="col">To do</th>
              <th scope="col">Failed</th>
              <th scope="col">Disk used</th>
            </tr>
          </thead>
          <tbody>
            {thinned(series, MOST)
              .toReversed()
              .map((index) => (
                <tr key={index}>
                  <th scope="row">{fullMoment(new Date(number(series.at, index) * 1000).toISOString())}</th>
                  <td>{count(number(series.completed, index))}</td>
                  <td>{count(number(series.pending, index))}</td>
                  <td>{count(number(series.failed, index))}</td>
                  <td>{bytes(number(series.diskBytes, index))}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
