import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { copyText } from './copy-text.ts';
import { Icon } from './icon.tsx';

const SAID_MS = 1600;

/** Copies a text and says that it did. */
export function CopyButton({ text, label }: { text: string; label: string }): JSX.Element {
  const [said, say] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => say(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = (): void => void copyText(text).then((copied) => say(copied ? 'copied' : 'failed'));
  const words = said === 'copied' ? 'Copied' : said === 'failed' ? 'Not copied' : label;
  return (
    <button type="button" class="button copy" onClick={copy}>
      <Icon name={said === 'copied' ? 'check' : 'copy'} />
      {/* The widest of its words keeps the button from changing its size. */}
      <span class="steady">
        <span aria-live="polite">{words}</span>
        <span aria-hidden="true">{label}</span>
        <span aria-hidden="true">Copied</span>
      </span>
    </button>
  );
}
