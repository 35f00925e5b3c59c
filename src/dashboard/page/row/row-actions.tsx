import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { DownloadType, RowDetail } from '../../contract.ts';
import { post } from '../connection/api.ts';
import { Button } from '../parts/button.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { useNotices } from '../parts/notices.tsx';
import { Text } from '../parts/text.tsx';
import { counted } from '../words/numbers.ts';
import { TYPE_WORDS } from '../words/statuses.ts';

/** Retry what failed, or begin anew. */
export function RowActions({
  detail,
  onDone,
}: {
  detail: RowDetail;
  onDone: () => void;
}): JSX.Element | null {
  const { attempt } = useNotices();
  const [asking, setAsking] = useState<readonly DownloadType[] | null>(null);
  const [sending, setSending] = useState(false);
  const { rowId } = detail.row;
  const linked = detail.downloads.filter(({ status }) => status !== 'none');
  const failed = linked.filter(({ status }) => status === 'failed');
  if (linked.length === 0) return null;

  const send = async (work: () => Promise<string>): Promise<void> => {
    setSending(true);
    await attempt(work, (words) => words);
    setSending(false);
    onDone();
  };
  const retry = (): Promise<void> =>
    send(async () => {
      const { reset } = await post<{ reset: number }>('/api/retry', { rowIds: [rowId] });
      return reset === 0 ? 'Nothing here had failed.' : `${counted(reset, 'download')} will be tried again.`;
    });
  const reset = (types: readonly DownloadType[]): Promise<void> =>
    send(async () => {
      let sum = 0;
      for (const type of types) {
        sum += (await post<{ reset: number }>('/api/reset', { rowIds: [rowId], type })).reset;
      }
      return sum === 0 ? 'There was nothing to reset.' : 'It is to do again; the next run fetches it anew.';
    });
  return (
    <div class="actions row-actions">
      {failed.length > 0 && (
        <Button kind="main" icon="again" disabled={sending} onClick={() => void retry()}>
          Try again now
        </Button>
      )}
      {linked.map(({ downloadType }) => (
        <Button key={downloadType} disabled={sending} onClick={() => setAsking([downloadType])}>
          Reset {TYPE_WORDS[downloadType]}
        </Button>
      ))}
      {asking !== null && (
        <Confirm
          title={`Reset ${asking.map((type) => TYPE_WORDS[type]).join(' and ')}?`}
          yes="Reset"
          onAnswer={(sure) => {
            setAsking(null);
            if (sure) void reset(asking);
          }}
        >
          <p>
            Everything of this download in row <Text longest={60}>{rowId}</Text> counts as not done, and the
            next run fetches it anew. Files that are there stay until then.
          </p>
        </Confirm>
      )}
    </div>
  );
}
