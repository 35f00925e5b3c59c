import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { RowFile } from '../../contract.ts';
import { Button } from '../parts/button.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Text } from '../parts/text.tsx';
import { bytes } from '../words/numbers.ts';
import { shown } from '../words/safe-text.ts';
import { Preview } from './preview.tsx';

const VERBS = { video: 'Play', audio: 'Play', image: 'Preview', text: 'Preview', pdf: 'Open' } as const;

/** A file with what can be done: look at it here, save it, copy its path. */
export function FileView({ file }: { file: RowFile }): JSX.Element {
  const [open, setOpen] = useState(false);
  const { name, path, shownPath, url, preview } = file;
  return (
    <li class="file">
      <p class="file-head">
        <span class="ellipsis" title={shown(path, 1000)}>
          <Text longest={200}>{name}</Text>
        </span>
        <span class="muted end">{bytes(file.bytes)}</span>
      </p>
      <p class="muted small ellipsis path">
        <Text longest={300}>{shownPath}</Text>
      </p>
      {url === null && (
        <p class="missing">The file is not there any more. Reset the download to fetch it again.</p>
      )}
      <div class="actions">
        {url !== null && preview !== null && preview !== 'pdf' && (
          <Button
            icon={open ? 'close' : preview === 'image' || preview === 'text' ? 'open' : 'play'}
            label={`${open ? 'Close' : VERBS[preview]} ${shown(name, 80)}`}
            onClick={() => setOpen(!open)}
          >
            {open ? 'Close' : VERBS[preview]}
          </Button>
        )}
        {url !== null && preview === 'pdf' && (
          <a class="button" href={url} target="_blank" rel="noopener noreferrer">
            <Icon name="open" />
            Open
          </a>
        )}
        {url !== null && (
          <a class="button" href={`${url}${url.includes('?') ? '&' : '?'}download=1`} download>
            <Icon name="down" />
            Save
          </a>
        )}
        <CopyButton text={path} label="Copy path" />
      </div>
      {open && url !== null && <Preview file={file} url={url} />}
    </li>
  );
}
