import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { FailureGroup } from '../../contract.ts';
import { Button } from '../parts/button.tsx';
import { Commands } from '../parts/command-line.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { useNotices } from '../parts/notices.tsx';
import { Text } from '../parts/text.tsx';
import { routeHash, rowsHash } from '../route/route.ts';
import { count, counted } from '../words/numbers.ts';
import { causeWords, TYPE_WORDS } from '../words/statuses.ts';
import { retryFailed } from './retry-failed.ts';

const SHOWN = 8;

/** Failures with one remedy: the sentence to send, the commands, the rows. */
export function FailureCard({ group, onDone }: { group: FailureGroup; onDone: () => void }): JSX.Element {
  const { attempt } = useNotices();
  const [sending, setSending] = useState(false);
  const [all, setAll] = useState(false);
  const id = `remedy-${group.remedy}`;
  const listed = all ? group.downloads : group.downloads.slice(0, SHOWN);
  const retry = async (): Promise<void> => {
    setSending(true);
    await attempt(
      () => retryFailed(group.causes),
      (reset) => `${counted(reset, 'download')} will be tried again.`,
    );
    setSending(false);
    onDone();
  };
  return (
    <section class="card failure" aria-labelledby={id}>
      <div class="card-head">
        <h2 id={id}>
          <Text longest={200}>{group.title}</Text>
        </h2>
        <span class="count-badge">{count(group.count)}</span>
      </div>
      {group.message !== null && (
        <figure class="message">
          <figcaption class="muted small">To send</figcaption>
          <blockquote>
            <Text longest={1000}>{group.message}</Text>
          </blockquote>
          <CopyButton text={group.message} label="Copy the sentence" />
        </figure>
      )}
      <Commands commands={group.commands} />
      <ul class="failed-rows">
        {listed.map((download) => (
          <li key={`${download.rowId} ${download.downloadType}`}>
            <a
              href={routeHash({ view: 'rows', query: { cause: group.causes }, row: download.rowId })}
              class="ellipsis"
            >
              <span class="id">
                <Text longest={40}>{download.rowId}</Text>
              </span>{' '}
              <Text longest={60}>{download.name}</Text>
            </a>
            <span class="muted">{TYPE_WORDS[download.downloadType]}</span>
            <span class="muted ellipsis">{causeWords(download.cause)}</span>
          </li>
        ))}
      </ul>
      <div class="actions">
        {!all && group.downloads.length > SHOWN && (
          <Button kind="quiet" onClick={() => setAll(true)}>
            Show {count(group.downloads.length - SHOWN)} more
          </Button>
        )}
        <a class="button" href={rowsHash({ cause: group.causes })}>
          Show in the table
        </a>
        <Button icon="again" disabled={sending} onClick={() => void retry()}>
          Try {group.count === 1 ? 'it' : 'all of them'} again
        </Button>
      </div>
    </section>
  );
}
