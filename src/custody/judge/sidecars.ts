import { basename, dirname } from 'node:path';
import { placeIn } from '../../files/index.ts';
import { identityOf, isOfOther } from '../claims.ts';
import type { Finding } from '../findings.ts';
import { sidecarTextOf } from '../sidecar-of-item.ts';
import type { PlacedSidecar } from '../world.ts';
import { about, type Concerned } from './about.ts';
import type { Evidence } from './evidence.ts';

/** Items whose sidecar is gone, or broken: what it said is known from the ledger. */
export function judgeItemsWithoutSidecar(evidence: Evidence): readonly Finding[] {
  const { world, claims, sidecarAt } = evidence;
  const { items, rows, folders } = world;
  return items.flatMap((item) => {
    const row = rows.get(item.rowId);
    const isKept = item.present && item.status === 'completed' && item.metadataFile !== null;
    if (!isKept || row === undefined || item.files.length === 0) return [];
    const identity = identityOf(item.rowId, item);
    if (identity !== null && claims.sidecarsOf.has(identity)) return [];
    const [first] = evidence.heldOf(item);
    const folder = first === undefined ? folders[item.downloadType] : dirname(first.path);
    const path = placeIn(folder, basename(item.metadataFile ?? ''));
    const stands = sidecarAt.get(path);
    if (stands !== undefined && stands.problem !== 'broken') return [];
    const text = sidecarTextOf(item, row.context, basename(world.csvPath), world.now);
    const aside = stands === undefined ? null : `${path}.broken`;
    const repair = text === null ? null : ({ do: 'write_sidecar', path, text, aside } as const);
    if (stands !== undefined) return [about('broken_sidecar', path, 'its JSON cannot be read', repair, item)];
    const message = `the sidecar of ${item.files[0]?.path ?? ''} is gone`;
    return [about('missing_sidecar', path, message, repair, item)];
  });
}

/** What a sidecar tells, against CSV and ledger. */
export function judgeSidecar(placed: PlacedSidecar, evidence: Evidence): readonly Finding[] {
  const { path, sidecar, problem } = placed;
  const { world } = evidence;
  if (isOfOther(placed, world)) return [];
  if (problem === 'newer')
    return [about('newer_sidecar', path, 'update this rowtrail to have it read', null)];
  if (problem === 'broken') {
    // Of one that the ledger knows, its item tells already.
    const message = 'its JSON cannot be read, and nobody knows what it said';
    return evidence.metadataFiles.has(path) ? [] : [about('broken_sidecar', path, message, null)];
  }
  if (sidecar === null) return [];
  const { rowId, type } = sidecar.row;
  const row = world.rows.get(rowId);
  const of = { rowId, downloadType: sidecar.downloadType };
  if (row === undefined) return [about('orphaned_sidecar', path, `the CSV has no row ${rowId}`, null, of)];
  if (row.context.type !== type)
    return [about('orphaned_sidecar', path, `row ${rowId} has another type in the CSV`, null, of)];
  const identity = identityOf(rowId, sidecar);
  if (identity === null || evidence.present.has(identity) || evidence.past.has(identity)) return [];
  return unheld(path, of, evidence);
}

/** A sidecar of a row of ours that the ledger does not know. */
function unheld(path: string, of: Concerned, evidence: Evidence): readonly Finding[] {
  const { world } = evidence;
  const files = evidence.filesListedBy(path);
  const first = files[0];
  if (first === undefined || of.downloadType === null) return [];
  const gone = files.find((file) => world.disk.get(file.path)?.size !== file.size);
  if (gone !== undefined)
    return [
      about('sidecar_without_file', path, `${basename(gone.path)} is not there, or not whole`, null, of),
    ];
  const row = world.rows.get(of.rowId);
  const said = row?.downloads[of.downloadType];
  if (row === undefined || said === undefined || said.status === 'completed') return [];
  const held = evidence.takenIn(row.context, of.downloadType);
  const message = `row ${of.rowId} says ${said.status === '' ? 'nothing' : said.status}`;
  return [about('proof_without_row', first.path, message, held && { do: 'take_in', held }, of)];
}

/** Files that sidecars of several rows claim: which one is right is for a person to say. */
export function judgeContradictions({ claims }: Evidence): readonly Finding[] {
  const found: Finding[] = [];
  for (const [path, listed] of claims.listedAt) {
    const rows = new Set(listed.map(({ sidecar }) => JSON.stringify([sidecar.row.rowId, sidecar.row.type])));
    if (rows.size < 2) continue;
    const names = listed.map(
      ({ sidecarPath, sidecar }) => `${basename(sidecarPath)} (row ${sidecar.row.rowId})`,
    );
    const message = `${names.toSorted().join(' and ')} claim it: correct or remove the one that is wrong`;
    found.push(about('contradicting_sidecars', path, message, null));
  }
  return found;
}
