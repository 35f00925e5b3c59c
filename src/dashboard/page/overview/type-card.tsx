import type { JSX } from 'preact';
import type { DownloadType, Overview } from '../../contract.ts';
import { SharesBar } from '../parts/bar.tsx';
import { StatusMark } from '../parts/status-mark.tsx';
import { rowsHash } from '../route/route.ts';
import { count, percent } from '../words/numbers.ts';
import { TYPE_WORDS } from '../words/statuses.ts';

const ALWAYS = ['completed', 'downloading', 'pending', 'failed'] as const;

/** How the downloads of one type stand, as numbers that lead to the rows, and as one bar. */
export function TypeCard({
  type,
  counts,
}: {
  type: DownloadType;
  /** Null: they are being counted. */
  counts: Overview['counts'][DownloadType] | null;
}): JSX.Element {
  const whole = Object.values(counts ?? {}).reduce((sum, value) => sum + value, 0);
  const names = counts !== null && counts.unknown > 0 ? ([...ALWAYS, 'unknown'] as const) : ALWAYS;
  return (
    <section class="card type" aria-labelledby={`type-${type}`}>
      <div class="card-head">
        <h2 id={`type-${type}`}>{TYPE_WORDS[type]}</h2>
        <span class="muted">
          {counts === null
            ? 'being counted'
            : whole === 0
              ? 'no row has a link'
              : `${percent(counts.completed, whole)} of ${count(whole)} completed`}
        </span>
      </div>
      <SharesBar shares={names.map((name) => ({ name, value: counts?.[name] ?? 0 }))} />
      <ul class="counts">
        {names.map((status) => (
          <li key={status}>
            <a href={rowsHash({ status: [status], download: type })}>
              <StatusMark status={status} />
              <strong>{counts === null ? '–' : count(counts[status])}</strong>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
