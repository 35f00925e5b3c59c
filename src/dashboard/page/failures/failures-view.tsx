import type { JSX } from 'preact';
import type { FailureGroup } from '../../contract.ts';
import { useAnswer } from '../connection/use-answer.ts';
import { Icon } from '../parts/icon.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import type { ViewProps } from '../view-props.ts';
import { counted } from '../words/numbers.ts';
import { FailureCard } from './failure-card.tsx';

/** What failed, by what mends it. */
export function FailuresView({ live }: ViewProps): JSX.Element {
  const { data, trouble, again } = useAnswer<readonly FailureGroup[]>('/api/failures', live.version);
  const sum = (data ?? []).reduce((before, { count }) => before + count, 0);
  return (
    <>
      <div class="view-head">
        <h1>Failures</h1>
        <span class="muted">
          {data === null || data.length === 0 ? '' : `${counted(sum, 'download')}, by what mends them`}
        </span>
        {sum > 0 && (
          <a class="button end" href="/api/failures.csv" download>
            <Icon name="down" />
            Export for Excel
          </a>
        )}
      </div>
      {trouble !== null && <Failed trouble={trouble} again={again} />}
      {data === null && trouble === null && <Loading lines={6} />}
      {data !== null && data.length === 0 && (
        <Empty title="Nothing has failed">
          When a download fails, it shows here with what to do about it, and with the sentence to send to
          whoever can mend it.
        </Empty>
      )}
      {data?.map((group) => (
        <FailureCard key={group.remedy} group={group} onDone={again} />
      ))}
    </>
  );
}
