import type { Live } from './connection/live.ts';
import type { View } from './route/route.ts';
import { percent } from './words/numbers.ts';
import { shown } from './words/safe-text.ts';

export const VIEW_WORDS: Readonly<Record<View, string>> = {
  overview: 'Overview',
  rows: 'Rows',
  failures: 'Failures',
  trends: 'Trends',
  settings: 'Settings',
};

/** What the browser's tab says: how far a run is, the view and the file. */
export function pageTitle(view: View, { overview }: Live): string {
  const run = overview?.run;
  const far = run !== undefined && run.state !== 'idle' ? `${percent(run.done, run.total)} · ` : '';
  const file = overview === null ? '' : ` · ${shown(overview.csvName, 60)}`;
  return `${far}${VIEW_WORDS[view]}${file} · rowtrail`;
}
