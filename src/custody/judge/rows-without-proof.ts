import { placeIn } from '../../files/index.ts';
import { DOWNLOAD_TYPES } from '../../row/index.ts';
import type { Finding } from '../findings.ts';
import { about } from './about.ts';
import type { Evidence } from './evidence.ts';

/** Rows that say completed, and neither ledger nor sidecar knows what their files have to be. */
export function judgeRowsWithoutProof(evidence: Evidence): readonly Finding[] {
  const { world, claims } = evidence;
  const keyOf = (rowId: string, downloadType: string) => `${downloadType} ${rowId}`;
  const proven = new Set(claims.held.map(({ item }) => keyOf(item.rowId, item.downloadType)));
  const unproven = new Set(claims.unproven.map(({ rowId, downloadType }) => keyOf(rowId, downloadType)));
  const found: Finding[] = [];
  for (const [rowId, { context, downloads }] of world.rows)
    for (const downloadType of DOWNLOAD_TYPES) {
      const { status, files } = downloads[downloadType];
      const key = keyOf(rowId, downloadType);
      if (status !== 'completed' || (proven.has(key) && !unproven.has(key))) continue;
      const of = { rowId, downloadType };
      const held = evidence.takenIn(context, downloadType);
      if (held !== null) {
        const repair = { do: 'take_in', held } as const;
        found.push(about('completed_without_proof', null, 'its sidecars have the proof', repair, of));
        continue;
      }
      const paths = files.map((file) => placeIn(world.folders[downloadType], file));
      const gone = paths.filter((path) => !world.disk.has(path));
      for (const path of gone)
        found.push(about('missing_file', path, 'the row lists it', { do: 'reset', rowId, downloadType }, of));
      if (gone.length > 0) continue;
      const message =
        files.length === 0
          ? 'it lists no files'
          : 'neither ledger nor sidecar knows what these files have to be';
      found.push(about('completed_without_proof', paths[0] ?? null, message, null, of));
    }
  return found;
}
