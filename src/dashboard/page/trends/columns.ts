import type uPlot from 'uplot';
import type { TrendSeries } from '../../contract.ts';
import type { Line } from './series.ts';

/** A series as uplot takes it. */
export function columns(lines: readonly Line[], series: TrendSeries): uPlot.AlignedData {
  return [[...series.at], ...lines.map(({ key }) => [...series[key]])];
}
