import type { JSX } from 'preact';
import type { CellStatus } from '../../contract.ts';
import { STATUS_WORDS } from '../words/statuses.ts';

/** A status as a coloured dot and a word: the colour alone says nothing. */
export function StatusMark({ status }: { status: CellStatus }): JSX.Element {
  return (
    <span class={`status ${status}`}>
      <span class="dot" aria-hidden="true" />
      {STATUS_WORDS[status]}
    </span>
  );
}
