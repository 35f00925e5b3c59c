import type { JSX } from 'preact';
import { shown } from '../words/safe-text.ts';

/** Text from outside: isolated from the direction of what stands around it, cut, its control characters visible. */
export function Text({ children, longest = 400 }: { children: string; longest?: number }): JSX.Element {
  return <bdi>{shown(children, longest)}</bdi>;
}
