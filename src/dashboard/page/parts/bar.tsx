import type { JSX } from 'preact';
import { percent } from '../words/numbers.ts';

/** How much of a whole is done; without a whole, that something goes on. */
export function ProgressBar({
  label,
  part,
  whole,
}: {
  label: string;
  part: number;
  whole: number | null;
}): JSX.Element {
  const known = whole !== null && whole > 0;
  const share = known ? Math.min(1, part / whole) : 0;
  return (
    <div
      class={known ? 'bar' : 'bar endless'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={known ? Math.round(share * 100) : undefined}
      aria-valuetext={known ? percent(part, whole) : 'going on'}
    >
      <span class="fill" style={{ transform: `scaleX(${known ? share : 1})` }} />
    </div>
  );
}

/** Shares of a whole beside each other; the numbers beside it say the same in words. */
export function SharesBar({
  shares,
}: {
  shares: readonly { readonly name: string; readonly value: number }[];
}): JSX.Element {
  const whole = shares.reduce((sum, { value }) => sum + value, 0);
  return (
    <div class="bar shares" aria-hidden="true">
      {shares
        .filter(({ value }) => value > 0)
        .map(({ name, value }) => (
          // What there is shows, however small its share.
          <span
            key={name}
            class={`share ${name}`}
            style={{ flexGrow: String(Math.max(value / whole, 0.008)) }}
          />
        ))}
    </div>
  );
}
