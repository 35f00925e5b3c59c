import type { JSX } from 'preact';

const PATHS = {
  overview: 'M3 3h4v5H3zM9 3h4v3H9zM9 8h4v5H9zM3 10h4v3H3z',
  rows: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  failures: 'M8 2.5 14 13H2zM8 6.5v3M8 11.2v.1',
  trends: 'M2.5 12.5 6 8l3 2.5 4.5-6M10.5 4.5h3v3',
  settings: 'M2.5 5h6M12 5h1.5M2.5 11H4M7.5 11h6M8.5 3.5v3h3v-3zM4 9.5v3h3v-3z',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2',
  close: 'm4 4 8 8M12 4l-8 8',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  check: 'm3 8.5 3.2 3.2L13 5',
  cross: 'm4.5 4.5 7 7M11.5 4.5l-7 7',
  play: 'M5 3.2v9.6L13 8z',
  pause: 'M5.2 3.5v9M10.8 3.5v9',
  stop: 'M4 4h8v8H4z',
  down: 'M8 2.5v8M4.5 7.2 8 10.7l3.5-3.5M3 13.5h10',
  again: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.5V5h-2.5',
  open: 'M9 3h4v4M13 3 7.5 8.5M11 9.5V13H3V5h3.5',
  up: 'm4.5 9.5 3.5-3.5 3.5 3.5',
  under: 'm4.5 6.5 3.5 3.5 3.5-3.5',
  system: 'M2.5 3.5h11v7.5h-11zM6 13.5h4',
  light:
    'M8 10.7a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4zM8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1',
  dark: 'M13 9.6A5.5 5.5 0 0 1 6.4 3 5.5 5.5 0 1 0 13 9.6z',
} as const;

export type IconName = keyof typeof PATHS;

/** A small picture beside words; what it means the words say. */
export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The product's own mark. */
export function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path class="faint" d="M8 9.5h16" />
      <path d="M8 16h5.5c3.6 0 5.5 1.6 5.5 4.8V24m-3.8-3.2 3.8 3.7 3.8-3.7" />
    </svg>
  );
}
