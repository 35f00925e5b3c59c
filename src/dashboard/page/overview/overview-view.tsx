import type { JSX } from 'preact';
import { Loading } from '../parts/states.tsx';
import { TYPES } from '../words/statuses.ts';
import type { ViewProps } from '../view-props.ts';
import { ActiveTransfers } from './active-transfers.tsx';
import { Attention } from './attention.tsx';
import { Figures } from './figures.tsx';
import { LastFailures } from './last-failures.tsx';
import { RunCard } from './run-card.tsx';
import { StoreCard } from './store-card.tsx';
import { TypeCard } from './type-card.tsx';

/** Where everything stands at one look, and what to do next. */
export function OverviewView({ live }: ViewProps): JSX.Element {
  const { overview } = live;
  if (overview === null) return <Loading lines={8} />;
  // Until then the numbers are none, not nought.
  const counted = live.index.state === 'ready' || overview.totalRows > 0;
  return (
    <>
      <h1 class="offscreen">Overview</h1>
      <RunCard overview={overview} connected={live.connection === 'open'} counted={counted} />
      <Figures overview={overview} counted={counted} />
      <div class="two-columns">
        {TYPES.map((type) => (
          <TypeCard key={type} type={type} counts={counted ? overview.counts[type] : null} />
        ))}
      </div>
      <div class="two-columns wide-left">
        <ActiveTransfers overview={overview} />
        <Attention overview={overview} />
      </div>
      <StoreCard overview={overview} />
      <LastFailures overview={overview} />
    </>
  );
}
