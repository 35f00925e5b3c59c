import type { JSX } from 'preact';
import type { Overview } from '../../contract.ts';
import { Text } from '../parts/text.tsx';
import { routeHash } from '../route/route.ts';

/** What failed last, newest first, each with its next step. */
export function LastFailures({ overview: { lastFailures } }: { overview: Overview }): JSX.Element | null {
  if (lastFailures.length === 0) return null;
  return (
    <section class="card" aria-labelledby="last-failures-title">
      <div class="card-head">
        <h2 id="last-failures-title">Last failures</h2>
        <a href="#/failures">All, by what mends them</a>
      </div>
      <ul class="last-failures">
        {lastFailures.map((failure, at) => (
          <li key={`${failure.rowId} ${at}`}>
            <a href={routeHash({ view: 'rows', query: {}, row: failure.rowId })} class="ellipsis">
              <span class="id">
                <Text longest={40}>{failure.rowId}</Text>
              </span>{' '}
              <Text longest={60}>{failure.name}</Text>
            </a>
            <span>
              <Text longest={200}>{failure.message}</Text>
            </span>
            <span class="muted">
              <Text longest={200}>{failure.nextStep}</Text>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
