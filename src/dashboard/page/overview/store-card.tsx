import type { JSX } from 'preact';
import type { Overview, StoreWork } from '../../contract.ts';
import { Text } from '../parts/text.tsx';
import { count } from '../words/numbers.ts';

/** Who works in the store, and what waits there; nothing where there is no store. */
export function StoreCard({ overview: { store } }: { overview: Overview }): JSX.Element | null {
  if (store === null) return null;
  const { jobs, workers } = store;
  return (
    <section class="card" aria-labelledby="store-title">
      <div class="card-head">
        <h2 id="store-title">Workers</h2>
        <span class="muted">{jobWords(jobs)}</span>
      </div>
      {workers.length === 0 && <p class="muted nothing">No worker is there.</p>}
      <ul class="last-failures">
        {workers.map((worker) => (
          <li key={worker.id}>
            <span class="ellipsis">
              <Text longest={80}>{worker.name}</Text>
            </span>
            <span>
              {count(worker.underWay)} under way, {count(worker.done)} done, {count(worker.failed)} failed
            </span>
            <span class="muted">
              {STATES[worker.state]}, version <Text longest={40}>{worker.version}</Text>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const STATES: Readonly<Record<StoreWork['workers'][number]['state'], string>> = {
  working: 'Works',
  draining: 'Ends what it began',
  silent: 'No sign of life',
};

/** Jobs of all the store's CSVs. */
function jobWords({ waiting, delayed, active, dead }: StoreWork['jobs']): string {
  const words = [`${count(waiting)} waiting`, `${count(delayed)} later`, `${count(active)} under way`];
  return [...words, ...(dead > 0 ? [`${count(dead)} given up`] : [])].join(', ');
}
