import type { JSX } from 'preact';
import { CopyButton } from './copy-button.tsx';
import { Text } from './text.tsx';

/** Commands to paste into a terminal. */
export function Commands({ commands }: { commands: readonly string[] }): JSX.Element | null {
  if (commands.length === 0) return null;
  return (
    <ul class="commands">
      {commands.map((command) => (
        <li key={command} class="command">
          <code>
            <Text>{command}</Text>
          </code>
          <CopyButton text={command} label="Copy" />
        </li>
      ))}
    </ul>
  );
}
