import type { JSX } from 'preact';
import type { RowDetail } from '../../contract.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Icon } from '../parts/icon.tsx';
import { StatusMark } from '../parts/status-mark.tsx';
import { Text } from '../parts/text.tsx';
import { useNow } from '../parts/use-now.ts';
import type { CauseTitles } from '../rows/row-line.tsx';
import { webAddress } from '../words/safe-text.ts';
import { duration, fullMoment, moment } from '../words/times.ts';
import { causeWords, TYPE_WORDS } from '../words/statuses.ts';
import { ItemView } from './item-view.tsx';

type Download = RowDetail['downloads'][number];
type Attempt = Download['attempts'][number];

/** One download of a row: its link, what arrived, and the attempts, newest first. */
export function DownloadSection({
  download,
  titles,
}: {
  download: Download;
  titles: CauseTitles;
}): JSX.Element | null {
  const { downloadType, status, link, items, attempts } = download;
  if (status === 'none' && attempts.length === 0) return null;
  return (
    <section class="download" aria-labelledby={`download-${downloadType}`}>
      <div class="card-head">
        <h3 id={`download-${downloadType}`}>{TYPE_WORDS[downloadType]}</h3>
        <StatusMark status={status} />
      </div>
      {link !== '' && <LinkLine link={link} />}
      {items.length > 0 && (
        <ul class="items">
          {items.map((item) => (
            <ItemView key={`${item.kind} ${item.id}`} item={item} titles={titles} />
          ))}
        </ul>
      )}
      {attempts.length === 0 ? (
        <p class="muted small">Not tried yet.</p>
      ) : (
        <ol class="timeline" aria-label={`Attempts at ${TYPE_WORDS[downloadType]}, newest first`}>
          {attempts.toReversed().map((attempt) => (
            <AttemptLine key={`${attempt.number} ${attempt.startedAt}`} attempt={attempt} titles={titles} />
          ))}
        </ol>
      )}
    </section>
  );
}

/** A link of the CSV is only one to press when it leads to the web. */
function LinkLine({ link }: { link: string }): JSX.Element {
  const address = webAddress(link);
  return (
    <p class="link-line">
      <span class="ellipsis">
        {address === null ? (
          <Text longest={300}>{link}</Text>
        ) : (
          <a href={address} target="_blank" rel="noopener noreferrer">
            <Text longest={300}>{link}</Text> <Icon name="open" />
            <span class="offscreen">(opens in a new tab)</span>
          </a>
        )}
      </span>
      <CopyButton text={link} label="Copy link" />
    </p>
  );
}

function AttemptLine({ attempt, titles }: { attempt: Attempt; titles: CauseTitles }): JSX.Element {
  const now = useNow(30_000);
  const { number, startedAt, endedAt, outcome, cause, message } = attempt;
  const took =
    startedAt === null || endedAt === null ? null : (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  const at = startedAt ?? endedAt;
  return (
    <li
      class={`attempt ${outcome === 'completed' ? 'completed' : outcome === 'failed' ? 'failed' : 'other'}`}
    >
      <p class="attempt-head">
        <strong>{cause === null ? causeWords(outcome) : (titles.get(cause) ?? causeWords(cause))}</strong>
        <span class="muted">attempt {number}</span>
        <span class="muted end" title={at === null ? undefined : fullMoment(at)}>
          {at === null ? '' : moment(at, now)}
          {took === null ? '' : `, ${took < 1 ? 'under 1 s' : duration(took)}`}
        </span>
      </p>
      {message !== null && (
        <p class="muted">
          <Text>{message}</Text>
        </p>
      )}
    </li>
  );
}
