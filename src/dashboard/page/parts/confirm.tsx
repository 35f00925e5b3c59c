import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from './button.tsx';

export interface Question {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly yes: string;
  readonly no?: string;
}

/** Asks before something that is not easily undone. Escape and the first button mean no; focus goes back by itself. */
export function Confirm({
  title,
  children,
  yes,
  no = 'Cancel',
  onAnswer,
}: Question & { onAnswer: (sure: boolean) => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const asker = useRef(document.activeElement);
  useEffect(() => {
    dialog.current?.showModal();
    const { current } = asker;
    return () => {
      if (current instanceof HTMLElement && current.isConnected) current.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="confirm"
      aria-labelledby="confirm-title"
      onCancel={(event) => {
        event.preventDefault();
        onAnswer(false);
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <h2 id="confirm-title">{title}</h2>
      <div class="confirm-text">{children}</div>
      <div class="actions">
        <Button onClick={() => onAnswer(false)}>{no}</Button>
        <Button kind="danger" onClick={() => onAnswer(true)}>
          {yes}
        </Button>
      </div>
    </dialog>
  );
}
