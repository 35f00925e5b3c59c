import type { JSX } from 'preact';
import { memo } from 'preact/compat';
import type { DownloadCell, RowSummary } from '../../contract.ts';
import { StatusMark } from '../parts/status-mark.tsx';
import { Text } from '../parts/text.tsx';
import { count, counted } from '../words/numbers.ts';
import { shown } from '../words/safe-text.ts';
import { fullMoment, moment } from '../words/times.ts';
import { causeWords } from '../words/statuses.ts';

export type CauseTitles = ReadonlyMap<string, string>;

export interface RowLineProps {
  readonly row: RowSummary;
  /** Of the row among those that match, from 0. */
  readonly index: number;
  readonly active: boolean;
  readonly open: boolean;
  readonly titles: CauseTitles;
  /** Midnight of today or any time after it, in milliseconds: decides whether a time is shown with its day. */
  readonly today: number;
}

/** One line of the table. */
export const RowLine = memo(function RowLine({ row, index, active, open, titles, today }: RowLineProps) {
  return (
    <div
      role="row"
      id={`row-${index}`}
      class={`line${active ? ' active' : ''}${open ? ' open' : ''}`}
      aria-rowindex={index + 2}
      aria-selected={open}
      data-index={index}
    >
      <span role="gridcell" class="cell line">
        {count(row.line)}
      </span>
      <span role="gridcell" class="cell row-id" title={shown(row.rowId)}>
        <Text longest={60}>{row.rowId}</Text>
      </span>
      <span role="gridcell" class="cell name" title={shown(`${row.name} ${row.email}`)}>
        <Text longest={80}>{row.name}</Text>
        {row.email !== '' && (
          <span class="muted email">
            <Text longest={80}>{row.email}</Text>
          </span>
        )}
      </span>
      <span role="gridcell" class="cell type" title={shown(row.type)}>
        <Text longest={60}>{row.type}</Text>
      </span>
      <Cell name="youtube" cell={row.youtube} titles={titles} />
      <Cell name="drive" cell={row.drive} titles={titles} />
      <span
        role="gridcell"
        class="cell attempted muted"
        title={row.attemptedAt === null ? undefined : fullMoment(row.attemptedAt)}
      >
        {row.attemptedAt === null ? '' : moment(row.attemptedAt, today)}
      </span>
    </div>
  );
});

function Cell({
  name,
  cell: { status, files, cause },
  titles,
}: {
  name: string;
  cell: DownloadCell;
  titles: CauseTitles;
}): JSX.Element {
  const why = cause === null ? null : (titles.get(cause) ?? causeWords(cause));
  return (
    <span role="gridcell" class={`cell ${name}`} title={why === null ? undefined : shown(why)}>
      {status === 'none' ? <span class="status none">–</span> : <StatusMark status={status} />}
      {status === 'completed' && <span class="muted detail">{counted(files, 'file')}</span>}
      {status !== 'completed' && why !== null && (
        <span class="muted detail">
          <Text longest={80}>{why}</Text>
        </span>
      )}
    </span>
  );
}
