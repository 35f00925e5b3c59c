import type { JSX } from 'preact';
import { Fragment } from 'preact';
import type { CellStatus, RowDetail } from '../../contract.ts';
import { StatusMark } from '../parts/status-mark.tsx';
import { Text } from '../parts/text.tsx';
import type { CauseTitles } from '../rows/row-line.tsx';
import { causeWords, STATUSES } from '../words/statuses.ts';
import { FileView } from './file-view.tsx';

type Item = RowDetail['downloads'][number]['items'][number];

/** One medium of a download: a video, a transcript, a file; with its files. */
export function ItemView({ item, titles }: { item: Item; titles: CauseTitles }): JSX.Element {
  const status = STATUSES.find((known: CellStatus) => known === item.status);
  return (
    <li class="item">
      <p class="item-head">
        <span class="tag">{causeWords(item.kind)}</span>
        <span class="item-title">
          <Text longest={160}>{item.title ?? item.id}</Text>
        </span>
        {status === undefined ? (
          <span class="muted">{causeWords(item.status)}</span>
        ) : (
          <StatusMark status={status} />
        )}
      </p>
      {item.cause !== null && (
        <p class="muted">
          {titles.get(item.cause) ?? causeWords(item.cause)}
          {item.message !== null && (
            <Fragment>
              : <Text>{item.message}</Text>
            </Fragment>
          )}
        </p>
      )}
      {item.files.length > 0 && (
        <ul class="files">
          {item.files.map((file) => (
            <FileView key={file.path} file={file} />
          ))}
        </ul>
      )}
    </li>
  );
}
