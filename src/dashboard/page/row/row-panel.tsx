import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { RowDetail } from '../../contract.ts';
import { useAnswer } from '../connection/use-answer.ts';
import { IconButton } from '../parts/button.tsx';
import { Commands } from '../parts/command-line.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import { Text } from '../parts/text.tsx';
import type { CauseTitles } from '../rows/row-line.tsx';
import { DownloadSection } from './download-section.tsx';
import { RowActions } from './row-actions.tsx';

/** Everything about one row: what to do, what was tried, what arrived. */
export function RowPanel({
  id,
  version,
  titles,
  onClose,
}: {
  id: string;
  version: number;
  titles: CauseTitles;
  onClose: () => void;
}): JSX.Element {
  const { data, trouble, again } = useAnswer<RowDetail>(`/api/row?id=${encodeURIComponent(id)}`, version);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <aside class="panel" aria-labelledby="panel-title">
      <div class="panel-head">
        <div class="panel-title">
          <h2 id="panel-title" ref={heading} tabIndex={-1}>
            <Text longest={80}>{data === null || data.row.name === '' ? id : data.row.name}</Text>
          </h2>
          <p class="muted">{data === null ? '\u00a0' : <Facts detail={data} />}</p>
        </div>
        <IconButton icon="close" label="Close this row" onClick={onClose} />
      </div>
      <div class="panel-body">
        {data === null && trouble === null && <Loading lines={8} />}
        {trouble !== null && <Failed trouble={trouble} again={again} />}
        {data !== null && (
          <>
            <section class="verdict" aria-label="What to do">
              <p>
                <strong>
                  <Text>{data.verdict.message}</Text>
                </strong>
              </p>
              <p>
                <Text>{data.verdict.nextStep}</Text>
              </p>
              <Commands commands={data.verdict.commands} />
            </section>
            <RowActions detail={data} onDone={again} />
            {data.downloads.map((download) => (
              <DownloadSection key={download.downloadType} download={download} titles={titles} />
            ))}
          </>
        )}
      </div>
    </aside>
  );
}

function Facts({ detail: { row } }: { detail: RowDetail }): JSX.Element {
  return (
    <>
      Row <Text longest={60}>{row.rowId}</Text>, line {row.line}
      {row.type !== '' && (
        <>
          {' · '}
          <Text longest={60}>{row.type}</Text>
        </>
      )}
      {row.email !== '' && (
        <>
          {' · '}
          <Text longest={80}>{row.email}</Text>
        </>
      )}
    </>
  );
}
