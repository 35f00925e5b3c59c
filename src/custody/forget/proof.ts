import { join } from 'node:path';
import { leftStaging, scanSidecars } from '../../files/index.ts';
import type { CsvTracker } from '../../tracker/index.ts';
import type { Folders } from '../world.ts';
import { formsOf, jsonFormsOfRowId, textsIn } from './person-texts.ts';
import { filesBeside, type Traces } from './traces.ts';

/** Where something of a forgotten row still stands: looked for anew in ledger, files beside it, sidecars and staging. Nothing is changed. */
export async function searchForLeft(
  { person, kept, staging }: Traces,
  texts: readonly string[],
  tracker: CsvTracker,
  folders: Folders,
): Promise<readonly string[]> {
  const { rowId } = person;
  const left: string[] = [];
  const { folder, backups } = tracker.place;
  const ledger = await tracker.existingLedger();
  if (ledger !== null) {
    const records = await ledger.countRecordsOf(rowId);
    if (records > 0) left.push(`the ledger: ${records} records`);
    for (const column of await ledger.placesOf(texts)) left.push(`the ledger: ${column}`);
  }
  // Also the bytes of the ledger's own file: freed pages and its log are no hiding place.
  for (const { path } of await filesBeside(folder)) {
    const isBackup = path.startsWith(join(backups, '/'));
    const looked = isBackup ? texts : [...texts, ...jsonFormsOfRowId(rowId)];
    if ((await textsIn(path, looked)).size > 0) left.push(path);
  }
  const stays = new Set(kept.map(({ path }) => path));
  const containing = [...texts.flatMap(formsOf), ...jsonFormsOfRowId(rowId)];
  for (const root of new Set(Object.values(folders))) {
    for await (const { path, sidecar } of scanSidecars(root, { deep: true, containing }))
      if (
        !stays.has(join(root, path)) &&
        (sidecar === null || sidecar.row.rowId === rowId || namesOf(sidecar.row, texts))
      )
        left.push(join(root, path));
    const there = new Set((await leftStaging(root)).map(({ path }) => path));
    left.push(...staging.map(({ path }) => path).filter((path) => there.has(path)));
  }
  return [...new Set(left)];
}

function namesOf(
  { name, email }: { readonly name: string; readonly email: string },
  texts: readonly string[],
): boolean {
  return texts.some((text) => name.includes(text) || email.includes(text));
}
