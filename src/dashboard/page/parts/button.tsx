import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icon.tsx';

export interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick: () => void;
  readonly icon?: IconName;
  readonly kind?: 'plain' | 'main' | 'danger' | 'quiet';
  readonly disabled?: boolean;
  /** Where the words alone do not say which of many it is. */
  readonly label?: string;
}

export function Button({
  children,
  onClick,
  icon,
  kind = 'plain',
  disabled = false,
  label,
}: ButtonProps): JSX.Element {
  return (
    <button type="button" class={`button ${kind}`} onClick={onClick} disabled={disabled} aria-label={label}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A button that is only a picture; `label` says what it does. */
export function IconButton({
  icon,
  label,
  onClick,
}: {
  icon: IconName;
  label: string;
  onClick: () => void;
}): JSX.Element {
  return (
    <button type="button" class="button icon-only" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
