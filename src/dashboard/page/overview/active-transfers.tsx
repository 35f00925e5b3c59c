import type { JSX } from 'preact';
import type { ActiveTransfer, Overview } from '../../contract.ts';
import { ProgressBar } from '../parts/bar.tsx';
import { Text } from '../parts/text.tsx';
import { routeHash } from '../route/route.ts';
import { bytes, count } from '../words/numbers.ts';
import { shown } from '../words/safe-text.ts';
import { duration } from '../words/times.ts';
import { TYPE_WORDS } from '../words/statuses.ts';

/** So many fit without pushing the rest of the page down. */
const MOST = 8;

/** What comes in at this moment. */
export function ActiveTransfers({ overview: { active, run } }: { overview: Overview }): JSX.Element {
  return (
    <section class="card active" aria-labelledby="active-title">
      <div class="card-head">
        <h2 id="active-title">Downloading now</h2>
        <span class="muted">{active.length === 0 ? '' : count(active.length)}</span>
      </div>
      {active.length === 0 ? (
        <p class="muted nothing">
          {run.state === 'idle' ? 'Nothing: no run goes on.' : 'Nothing at this moment.'}
        </p>
      ) : (
        <ul class="transfers">
          {active.slice(0, MOST).map((transfer) => (
            <Transfer
              key={`${transfer.rowId} ${transfer.downloadType} ${transfer.label}`}
              transfer={transfer}
            />
          ))}
        </ul>
      )}
      {active.length > MOST && <p class="muted small">and {count(active.length - MOST)} more</p>}
    </section>
  );
}

function Transfer({ transfer }: { transfer: ActiveTransfer }): JSX.Element {
  const { rowId, name, downloadType, label, receivedBytes, totalBytes, bytesPerSecond, etaSeconds } =
    transfer;
  const rate = bytesPerSecond === null ? '' : ` · ${bytes(bytesPerSecond)}/s`;
  const left = etaSeconds === null ? '' : ` · ${duration(etaSeconds)} left`;
  const hasCome = receivedBytes > 0 || totalBytes !== null;
  const size = totalBytes === null ? bytes(receivedBytes) : `${bytes(receivedBytes)} of ${bytes(totalBytes)}`;
  const what = label === '' ? 'Starting' : label;
  return (
    <li class="transfer">
      <a href={routeHash({ view: 'rows', query: {}, row: rowId })} class="ellipsis">
        <Text longest={120}>{what}</Text>
      </a>
      <span class="muted ellipsis">
        <Text longest={40}>{rowId}</Text> <Text longest={60}>{name}</Text> · {TYPE_WORDS[downloadType]}
      </span>
      <ProgressBar label={shown(what, 120)} part={receivedBytes} whole={totalBytes} />
      <span class="muted small figures-line">
        {hasCome ? size : 'Nothing has arrived yet'}
        {rate}
        {left}
      </span>
    </li>
  );
}
