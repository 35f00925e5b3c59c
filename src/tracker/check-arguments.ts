import { RowtrailError } from '../errors/index.ts';
import {
  type DownloadResult,
  type DownloadType,
  type DownloadTypeFilter,
  isDownloadType,
} from '../row/index.ts';

/** Callers without a type checker pass anything; a wrong word must not silently mean `both`. */
export function checkDownloadTypeFilter(given: unknown = 'both'): asserts given is DownloadTypeFilter {
  if (given !== 'both' && !isDownloadType(given)) {
    throw new RowtrailError('usage', `unknown download type '${String(given)}': use youtube, drive or both`);
  }
}

/** A result without a row could be recorded for nobody. */
export function checkResult(given: unknown): asserts given is DownloadResult {
  const row: unknown = isObject(given) ? given['rowContext'] : undefined;
  if (!isObject(row) || row['rowId'] === undefined || row['rowId'] === null)
    throw new RowtrailError('usage', 'the result names no row: give a DownloadResult with its rowContext');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function checkDownloadType(given: unknown): asserts given is DownloadType {
  if (!isDownloadType(given)) {
    throw new RowtrailError('usage', `unknown download type '${String(given)}': use youtube or drive`);
  }
}
