import type { ComponentChildren, JSX } from 'preact';
import type { Overview } from '../../contract.ts';
import { bytes, count, counted } from '../words/numbers.ts';
import { duration } from '../words/times.ts';

/** The numbers that have no bar. */
export function Figures({ overview, counted: known }: { overview: Overview; counted: boolean }): JSX.Element {
  const { totalRows, throughputPerHour, etaSeconds, disk } = overview;
  return (
    <dl class="figures">
      <Figure label="Rows" value={known ? count(totalRows) : '–'}>
        in the CSV
      </Figure>
      <Figure
        label="Downloads an hour"
        value={throughputPerHour === null ? '–' : count(Math.round(throughputPerHour))}
      >
        {throughputPerHour === null ? 'known once a run goes on' : 'at the present pace'}
      </Figure>
      <Figure label="Time left" value={etaSeconds === null ? '–' : duration(etaSeconds)}>
        {etaSeconds === null ? 'known once a run goes on' : 'until nothing is to do'}
      </Figure>
      <Figure label="Disk used" value={bytes(disk.usedBytes)}>
        {counted(disk.files, 'file')}
        {disk.freeBytes === null ? '' : ` · ${bytes(disk.freeBytes)} free`}
      </Figure>
    </dl>
  );
}

function Figure({
  label,
  value,
  children,
}: {
  label: string;
  value: string;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="figure">
      <dt>{label}</dt>
      <dd class="value">{value}</dd>
      <dd class="muted small">{children}</dd>
    </div>
  );
}
