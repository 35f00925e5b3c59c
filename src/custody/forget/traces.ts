import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { CsvSnapshot } from '../../csv/index.ts';
import { leftStaging, type Sidecar, stemOfSidecar } from '../../files/index.ts';
import { DOWNLOAD_TYPES } from '../../row/index.ts';
import type { CsvTracker } from '../../tracker/index.ts';
import { isOfOther } from '../claims.ts';
import { ownerByStem } from '../search-sidecars.ts';
import { type Folders, placeOfFile, surveyWorld, type World } from '../world.ts';
import { textsIn } from './person-texts.ts';

/** A file that goes, or is changed. */
export interface Trace {
  /** Absolute. */
  readonly path: string;
  readonly size: number;
}

/** Who the row is, in every form that was met. */
export interface Person {
  readonly rowId: string;
  readonly names: readonly string[];
  readonly emails: readonly string[];
  readonly types: readonly string[];
  readonly suffixes: readonly string[];
}

/** Everything that tells of a row. */
export interface Traces {
  readonly person: Person;
  /** Where the row stands in the CSV (from 0), or -1; its line, from 1. */
  readonly row: number;
  readonly line: number | null;
  readonly files: readonly Trace[];
  readonly sidecars: readonly Trace[];
  readonly staging: readonly Trace[];
  /** What has its row_id or is claimed by it and stays, and why. */
  readonly kept: readonly { readonly path: string; readonly why: string }[];
  readonly ledgerRecords: number;
}

/** Gathers it. Nothing is changed. @returns null where nothing at all is known of the row */
export async function tracesOf(
  rowId: string,
  tracker: CsvTracker,
  folders: Folders,
  now: Date,
): Promise<Traces | null> {
  const world = await surveyWorld(tracker, folders, now);
  const ledger = await tracker.existingLedger();
  await using snapshot = await tracker.snapshot();
  const row = snapshot.index.findRow(rowId);
  const known = (await ledger?.row(rowId)) ?? null;
  const said = row < 0 ? null : await snapshot.readRow(row);
  const people = [said?.context, known].filter((each) => each !== null && each !== undefined);
  const { own, foreign } = sidecarsOf(rowId, world, people);
  const all = [...people, ...own.map(({ sidecar }) => sidecar.row)];
  const ledgerRecords = (await ledger?.countRecordsOf(rowId)) ?? 0;
  if (row < 0 && ledgerRecords === 0 && own.length === 0) return null;
  const { mine, others } = filesOf(rowId, world, own);
  const paths = [...mine].filter((path) => world.disk.has(path));
  const shared = (path: string) => ({ path, why: 'another row has it, too' });
  const links = new Set([
    ...Object.values(said?.links ?? {}),
    ...((await ledger?.attemptsOf(rowId)) ?? []).flatMap(({ attempts }) =>
      attempts.flatMap(({ link }) => link ?? []),
    ),
    ...DOWNLOAD_TYPES.flatMap((type) => known?.downloads[type]?.link ?? []),
  ]);
  const keys = DOWNLOAD_TYPES.flatMap((downloadType) =>
    [...links].map((link) => ({ rowId, downloadType, link })),
  );
  const staging = [];
  for (const folder of new Set(Object.values(world.folders)))
    staging.push(...(await leftStaging(folder, keys)));
  return {
    person: {
      rowId,
      names: distinct(all.map(({ name }) => name)),
      emails: distinct(all.map(({ email }) => email)),
      types: distinct(all.map(({ type }) => type)),
      suffixes: distinct([
        said?.context.toFilenameSuffix() ?? '',
        ...own.map(({ sidecar }) => sidecar.row.toFilenameSuffix()),
      ]),
    },
    row,
    line: said?.line ?? null,
    files: paths
      .filter((path) => !others.has(path))
      .map((path) => ({ path, size: world.disk.get(path)?.size ?? 0 })),
    sidecars: await Promise.all(own.map(async ({ path }) => ({ path, size: (await stat(path)).size }))),
    staging: staging.map(({ path, bytes }) => ({ path, size: bytes })),
    kept: [...foreign, ...paths.filter((path) => others.has(path)).map(shared)],
    ledgerRecords,
  };
}

/** The row's own sidecars, and those that have its row_id and tell of somebody else. */
function sidecarsOf(
  rowId: string,
  world: World,
  people: readonly { readonly name: string; readonly email: string }[],
) {
  const own: { readonly path: string; readonly sidecar: Sidecar }[] = [];
  const foreign: { readonly path: string; readonly why: string }[] = [];
  for (const placed of world.sidecars) {
    const { path, sidecar } = placed;
    if (sidecar?.row.rowId !== rowId) continue;
    const { name, email } = sidecar.row;
    const isNamed = name !== '' || email !== '';
    const isThem = people.length === 0 || people.some((each) => each.name === name || each.email === email);
    if (isOfOther(placed, world)) foreign.push({ path, why: 'it is of another CSV that has this row_id' });
    else if (isNamed && !isThem) foreign.push({ path, why: 'it names another person' });
    else own.push({ path, sidecar });
  }
  return { own, foreign };
}

/** Paths that the row claims, and paths that others claim. */
function filesOf(
  rowId: string,
  world: World,
  own: readonly { readonly path: string; readonly sidecar: Sidecar }[],
) {
  const mine = new Set<string>();
  const others = new Set(world.others);
  for (const item of world.items)
    for (const file of item.files)
      (item.rowId === rowId ? mine : others).add(placeOfFile(world, item.downloadType, file));
  for (const [id, { downloads }] of world.rows)
    for (const type of DOWNLOAD_TYPES)
      for (const file of downloads[type].files)
        (id === rowId ? mine : others).add(join(world.folders[type], file));
  const ownPaths = new Set(own.map(({ path }) => path));
  for (const { path, sidecar } of world.sidecars)
    for (const { name } of sidecar?.files ?? [])
      (ownPaths.has(path) ? mine : others).add(join(dirname(path), name));
  const earlier = new Map(
    own.filter(({ sidecar }) => sidecar.files.length === 0).map(({ path }) => [stemOfSidecar(path), path]),
  );
  if (earlier.size > 0)
    for (const path of world.disk.keys())
      if (!ownPaths.has(path) && ownerByStem(path, earlier) !== undefined) mine.add(path);
  for (const path of mine)
    if (!isBelow(path, world) || world.sidecars.some((each) => each.path === path)) mine.delete(path);
  return { mine, others };
}

/** What a ledger or a cell says is no path out of the folders. */
function isBelow(path: string, { folders, items }: World): boolean {
  const recorded = items.flatMap(({ files }) => files.flatMap(({ folder }) => folder ?? []));
  return [...Object.values(folders), ...new Set(recorded)].some((folder) =>
    path.startsWith(join(folder, '/')),
  );
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.map((text) => text.trim()).filter((text) => text !== ''))];
}

/** Shorter texts stand everywhere by chance. */
const MIN_CHARACTERS = 3;

/**
 * The texts that only this person has: one that stands elsewhere in the CSV, too, proves nothing, and is named.
 */
export async function textsOfPerson(
  { person, row }: Pick<Traces, 'person' | 'row'>,
  snapshot: CsvSnapshot,
): Promise<{ readonly own: readonly string[]; readonly common: readonly string[] }> {
  const { names, emails, suffixes } = person;
  const texts = [...new Set([...names, ...emails, ...suffixes])];
  const extent = row < 0 ? null : await snapshot.extentOf(row);
  const elsewhere = await textsIn(snapshot.index.path, texts, extent);
  const isOwn = (text: string) => text.length >= MIN_CHARACTERS && !elsewhere.has(text);
  return { own: texts.filter(isOwn), common: texts.filter((text) => !isOwn(text)) };
}

/** Every file beside the ledger, but for locks. */
export async function filesBeside(folder: string): Promise<readonly Trace[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.lock'))
    .map(({ parentPath, name }) => join(parentPath, name));
  const sized = await Promise.all(
    paths.map(async (path) => ({ path, size: (await stat(path).catch(() => null))?.size ?? 0 })),
  );
  return sized.toSorted((a, b) => (basename(a.path) < basename(b.path) ? -1 : 1));
}
