import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RowFile } from '../../contract.ts';
import { shown } from '../words/safe-text.ts';
import { bytes } from '../words/numbers.ts';

const TEXT_BYTES = 64 * 1024;

/** A file shown in the page: nothing of it is run, text is only text. */
export function Preview({ file, url }: { file: RowFile; url: string }): JSX.Element {
  const [broken, setBroken] = useState(false);
  if (broken) {
    return (
      <p class="missing">This browser cannot show the file. Save it and open it with another program.</p>
    );
  }
  const onError = (): void => setBroken(true);
  const name = shown(file.name, 200);
  switch (file.preview) {
    case 'video':
      return (
        <video class="preview" controls autoPlay playsInline src={url} onError={onError} aria-label={name} />
      );
    case 'audio':
      return <audio class="preview" controls autoPlay src={url} onError={onError} aria-label={name} />;
    case 'image':
      return <img class="preview" src={url} onError={onError} alt={name} />;
    default:
      return <TextPreview url={url} size={file.bytes} onError={onError} />;
  }
}

function TextPreview({
  url,
  size,
  onError,
}: {
  url: string;
  size: number;
  onError: () => void;
}): JSX.Element {
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    const given = new AbortController();
    void beginning(url, given.signal).then(
      (found) => setText(found),
      () => {
        if (!given.signal.aborted) onError();
      },
    );
    return () => given.abort();
  }, [url]);
  return (
    <>
      <pre class="preview" tabIndex={0} aria-label="Content of the file" aria-busy={text === null}>
        {text === null ? ' ' : text === '' ? 'The file is empty.' : lines(text)}
      </pre>
      {size > TEXT_BYTES && (
        <p class="muted small">
          The first {bytes(TEXT_BYTES)} of {bytes(size)}.
        </p>
      )}
    </>
  );
}

/** The first bytes of a text file, as UTF-8. */
async function beginning(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { headers: { range: `bytes=0-${TEXT_BYTES - 1}` }, signal });
  // An empty file has no range.
  if (response.status === 416) return '';
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return (await response.text()).slice(0, TEXT_BYTES);
}

/** Line ends and tabs stay; the rest as everywhere. */
function lines(text: string): string {
  return text
    .split(/\r\n|\n|\r/)
    .map((line) => shown(line.replaceAll('\t', '    '), 2000))
    .join('\n');
}
