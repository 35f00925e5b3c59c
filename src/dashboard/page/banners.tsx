import type { JSX } from 'preact';
import type { Live } from './connection/live.ts';
import { Text } from './parts/text.tsx';

/** What a person has to know before they read on: the server is away, or the CSV is, or it cannot be read. */
export function Banners({
  live: { connection, gone, refused, overview, index },
}: {
  live: Live;
}): JSX.Element {
  return (
    <div class="banners" role="status">
      {connection === 'lost' && refused !== null && (
        <Banner title={refused.message}>{refused.nextStep}</Banner>
      )}
      {connection === 'lost' && refused === null && (
        <Banner title="No connection to rowtrail">
          {overview === null
            ? 'Start `rowtrail serve` again; this page goes on by itself.'
            : 'What you see is how things stood. This page goes on by itself when rowtrail is back; a run that goes on is not disturbed.'}
        </Banner>
      )}
      {connection === 'open' && gone !== null && <Banner title={gone.message}>{gone.nextStep}</Banner>}
      {connection === 'open' && gone === null && index.state === 'failed' && (
        <Banner title={index.error.message}>{index.error.nextStep}</Banner>
      )}
    </div>
  );
}

function Banner({ title, children }: { title: string; children: string }): JSX.Element {
  return (
    <div class="banner">
      <strong>
        <Text>{title}</Text>
      </strong>
      <span>
        <Text>{children}</Text>
      </span>
    </div>
  );
}
