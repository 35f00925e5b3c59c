import type { CellStatus, DownloadType } from '../../contract.ts';

/** In the order in which they are shown. */
export const STATUSES: readonly CellStatus[] = [
  'pending',
  'downloading',
  'completed',
  'failed',
  'none',
  'unknown',
];

export const STATUS_WORDS: Readonly<Record<CellStatus, string>> = {
  pending: 'To do',
  downloading: 'Downloading',
  completed: 'Completed',
  failed: 'Failed',
  none: 'No link',
  unknown: 'Unclear',
};

export const TYPES: readonly DownloadType[] = ['youtube', 'drive'];
export const TYPE_WORDS: Readonly<Record<DownloadType, string>> = { youtube: 'YouTube', drive: 'Drive' };

/** A cause for people when its title is not known: `not_shared` → `Not shared`. */
export function causeWords(cause: string): string {
  const words = cause.replaceAll('_', ' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
