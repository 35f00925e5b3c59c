import { basename, join } from 'node:path';
import type { DownloadType, RowContext } from '../../row/index.ts';
import { isOfOther } from '../claims.ts';
import type { RowSaid } from '../findings.ts';
import { ownerByStem } from '../search-sidecars.ts';
import type { World } from '../world.ts';
import { type LeftAlone, leftAlone } from './left-alone.ts';
import { type Leaving, type Leavings, placedOf, type ReadSidecar } from './leavings.ts';

/** The row that something beside a file names, or the row's own cell. */
export interface SaidRow {
  readonly rowId: string;
  /** Null where only the row is said. */
  readonly downloadType: DownloadType | null;
  /** The sidecar that lists the file, with its size and hash; null where none does. */
  readonly listing: ReadSidecar | null;
}

/** Rows by the names that their cells list. */
export type CellNames = ReadonlyMap<
  string,
  readonly { readonly rowId: string; readonly downloadType: DownloadType }[]
>;

export function cellNames(rows: ReadonlyMap<string, RowSaid>): CellNames {
  const names = new Map<string, { rowId: string; downloadType: DownloadType }[]>();
  for (const [rowId, { downloads }] of rows)
    for (const downloadType of ['youtube', 'drive'] as const)
      for (const file of downloads[downloadType].files) {
        const name = basename(file);
        names.set(name, [...(names.get(name) ?? []), { rowId, downloadType }]);
      }
  return names;
}

/**
 * Whose a file is by the sidecars that claim it, else by the cells that list its name; null where nothing says that, and why it is left
 * alone where they say what cannot be. Pure.
 */
export function rowSaidOf(
  file: Leaving,
  leavings: Leavings,
  world: World,
  cells: CellNames,
): SaidRow | LeftAlone | null {
  const { path } = file;
  const newer = ownerByStem(path, leavings.newer);
  if (newer !== undefined)
    return leftAlone(
      path,
      'newer_sidecar',
      `${basename(newer)} may claim it, and a newer rowtrail wrote that.`,
    );
  const early = ownerByStem(path, leavings.earlier);
  const listing = leavings.listing.get(path) ?? [];
  const said = [...listing, ...(early === undefined ? [] : [early])];
  const [first] = said;
  if (first === undefined) return saidByCells(file, cells);
  const [one, ...others] = [...new Set(said.map(({ sidecar }) => sidecar.row.rowId))];
  const media = new Set(listing.map(({ sidecar }) => `${sidecar.kind}:${sidecar.mediaId}`));
  if (one === undefined || others.length > 0 || media.size > 1) {
    const claims = said.map(({ path: at, sidecar }) => `${basename(at)} (row ${sidecar.row.rowId})`);
    return leftAlone(
      path,
      'contradiction',
      `It is claimed by ${claims.toSorted().join(' and ')}.`,
      one ?? null,
    );
  }
  return checked(file, first, listing[0] ?? null, world);
}

/** A sidecar is believed where the CSV has that row, and it is the same person's. */
function checked(
  file: Leaving,
  { path: at, sidecar }: ReadSidecar,
  listing: ReadSidecar | null,
  world: World,
): SaidRow | LeftAlone {
  const { path } = file;
  const { rowId } = sidecar.row;
  const name = basename(at);
  if (isOfOther(placedOf({ path: at, sidecar }), world))
    return leftAlone(path, 'of_other_csv', `${name} is of ${sidecar.csv ?? 'another CSV'}.`);
  const row = world.rows.get(rowId);
  if (row === undefined)
    return leftAlone(path, 'no_such_row', `${name} names row ${rowId}, which the CSV does not have.`, rowId);
  if (!isSamePerson(sidecar.row, row.context))
    return leftAlone(
      path,
      'other_person',
      `${name} names row ${rowId} with type "${sidecar.row.type}", and the CSV has somebody else there.`,
      rowId,
    );
  const ours = Object.values(world.folders).some((folder) => at.startsWith(join(folder, '/')));
  if (listing !== null && ours)
    return leftAlone(path, 'in_download_folder', '`rowtrail verify --repair` takes in what is there.', rowId);
  return { rowId, downloadType: listing?.sidecar.downloadType ?? null, listing };
}

function saidByCells({ path, name }: Leaving, cells: CellNames): SaidRow | LeftAlone | null {
  const [first, ...others] = cells.get(name) ?? [];
  if (first === undefined) return null;
  if (others.length > 0) {
    const rows = [first, ...others].map(({ rowId }) => rowId);
    return leftAlone(
      path,
      'contradiction',
      `The rows ${[...new Set(rows)].join(' and ')} list a file of its name.`,
      first.rowId,
    );
  }
  return { ...first, listing: null };
}

/** The type never changes; where a sidecar does not say it, the name or the e-mail has to be the row's. */
function isSamePerson(said: RowContext, row: RowContext): boolean {
  if (said.type !== '') return said.type === row.type;
  return (said.email !== '' && said.email === row.email) || (said.name !== '' && said.name === row.name);
}
