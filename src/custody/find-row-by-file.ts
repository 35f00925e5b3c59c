import { basename, join } from 'node:path';
import { RowtrailError } from '../errors/index.ts';
import type { RowContext } from '../row/index.ts';
import { askFor } from './asked-file.ts';
import { searchSidecars } from './search-sidecars.ts';

/**
 * The row that a downloaded file belongs to, from the sidecars in the folder; those of earlier tools count, too. A file that was renamed is
 * known by its bytes.
 * @param filename a name or a path; its last component is looked for.
 * @returns null when nothing knows the file, or the folder does not exist.
 * @throws RowtrailError `ambiguous_row` when it belongs to several rows: which one is meant is not guessed
 */
export async function findRowByFile(
  filename: string,
  downloadsDir = 'youtube_downloads',
): Promise<RowContext | null> {
  const inFolder = join(downloadsDir, basename(filename));
  const [stored, given] = await Promise.all([askFor(inFolder), askFor(filename)]);
  const asked = stored.size === null && given.size !== null ? given : stored;
  const { claims, copies, notes } = await searchSidecars(
    { path: inFolder, size: asked.size, sha256: () => asked.sha256() },
    [downloadsDir],
  );
  const here = claims.filter(({ by }) => by === 'path');
  const found = [here, claims, copies].find((each) => each.length > 0) ?? [];
  const rows = new Map(found.map(({ sidecar }) => [sidecar.row.rowId, sidecar.row]));
  const [row = null] = rows.values();
  if (rows.size < 2) return row;
  const why =
    notes[0] ?? `${filename} has the same bytes as files of the rows ${[...rows.keys()].join(', ')}`;
  throw new RowtrailError('ambiguous_row', why, { file: inFolder });
}
