import type { GenerationRecord } from '../ledger/index.ts';
import type { DownloadStatus, DownloadType } from '../row/index.ts';

const NAMES: Readonly<Record<DownloadType, string>> = { youtube: 'YouTube', drive: 'Drive' };

/**
 * What the row shows of a download and no attempt on record accounts for: the ledger was lost, or something else completed it. Pure.
 * @returns a sentence, or null where the record accounts for all of it
 */
export function unknownPast(
  downloadType: DownloadType,
  { status, attempts }: { readonly status: DownloadStatus; readonly attempts: number },
  generations: readonly GenerationRecord[],
): string | null {
  const tries = generations.find(({ present }) => present)?.attempts ?? [];
  const missing = attempts - tries.filter((attempt) => attempt.status === 'failed').length;
  const name = NAMES[downloadType];
  if (status === 'completed' && !tries.some((attempt) => attempt.status === 'completed'))
    return `how the ${name} download was completed is not known: neither ledger nor log tells of it`;
  if (missing <= 0) return null;
  const which = missing === 1 ? 'one failed attempt' : `${missing} failed attempts`;
  return `of ${which} of the ${name} download only the row itself tells: neither ledger nor log does`;
}
