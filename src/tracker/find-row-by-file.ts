import { basename, join } from 'node:path';
import { findSidecarOf } from '../files/index.ts';
import type { RowContext } from '../row/index.ts';

/**
 * The row that a downloaded file belongs to, from the sidecars in the folder alone; those of earlier tools count, too.
 * @param filename a name or a path; its last component is looked for.
 * @returns null when no sidecar knows the file, or the folder does not exist.
 */
export async function findRowByFile(
  filename: string,
  downloadsDir = 'youtube_downloads',
): Promise<RowContext | null> {
  const found = await findSidecarOf(join(downloadsDir, basename(filename)));
  return found === null ? null : found.sidecar.row;
}
