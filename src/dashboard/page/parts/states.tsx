import type { ComponentChildren, JSX } from 'preact';
import type { Trouble } from '../connection/api.ts';
import { Button } from './button.tsx';
import { Text } from './text.tsx';

/** There is nothing, and that is all right: what it means and what to do. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="state">
      <h3>{title}</h3>
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}

/** Something went wrong: what, and the next step. */
export function Failed({ trouble, again }: { trouble: Trouble; again?: () => void }): JSX.Element {
  return (
    <div class="state failed" role="alert">
      <h3>
        <Text>{trouble.message}</Text>
      </h3>
      <p>
        <Text>{trouble.nextStep}</Text>
      </p>
      {again !== undefined && (
        <Button icon="again" onClick={again}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** Grey lines where words will stand, after a moment: an answer that is there at once flashes nothing. */
export function Loading({ lines = 4 }: { lines?: number }): JSX.Element {
  return (
    <div class="loading" role="status">
      <span class="offscreen">Loading</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} class="skeleton" />
      ))}
    </div>
  );
}
