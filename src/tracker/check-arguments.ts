import { RowtrailError } from '../errors/index.ts';
import { type DownloadType, type DownloadTypeFilter, isDownloadType } from '../row/index.ts';

/** Callers without a type checker pass anything; a wrong word must not silently mean `both`. */
export function checkDownloadTypeFilter(given: unknown = 'both'): asserts given is DownloadTypeFilter {
  if (given !== 'both' && !isDownloadType(given)) {
    throw new RowtrailError('usage', `unknown download type '${String(given)}': use youtube, drive or both`);
  }
}

export function checkDownloadType(given: unknown): asserts given is DownloadType {
  if (!isDownloadType(given)) {
    throw new RowtrailError('usage', `unknown download type '${String(given)}': use youtube or drive`);
  }
}
