import { basename, dirname } from 'node:path';
import type { CsvSnapshot } from '../csv/index.ts';
import {
  type DiskFile,
  type HashedFile,
  isSidecarName,
  placeIn,
  readFolder,
  resolvePlace,
  scanSidecars,
  type Sidecar,
} from '../files/index.ts';
import type { HeldItem, Ledger } from '../ledger/index.ts';
import { type DownloadType, filesColumn, statusColumn } from '../row/index.ts';
import { type CsvTracker, openKnownLedger } from '../tracker/index.ts';
import type { RowSaid } from './findings.ts';
import { ledgersUnder, otherCsvs } from './known-ledgers.ts';

export type Folders = Readonly<Record<DownloadType, string>>;

/** What is known of files that were read, by their absolute path. */
export type Hashes = ReadonlyMap<string, HashedFile>;

/** A sidecar where it stands. */
export interface PlacedSidecar {
  /** Absolute. */
  readonly path: string;
  readonly sidecar: Sidecar | null;
  readonly problem: 'broken' | 'newer' | null;
}

/** Everything that is compared: what the CSV says, what the ledger holds, what is on the disk, and what the sidecars tell. */
export interface World {
  /** Absolute. */
  readonly csvPath: string;
  readonly folders: Folders;
  readonly rows: ReadonlyMap<string, RowSaid>;
  readonly items: readonly HeldItem[];
  /** Files in the download folders by their absolute path. */
  readonly disk: ReadonlyMap<string, DiskFile>;
  readonly sidecars: readonly PlacedSidecar[];
  /** Links and folders that could not be followed. */
  readonly odd: readonly string[];
  readonly unreadable: readonly string[];
  /** Absolute paths that belong to other CSVs that share a download folder, and these CSVs' base names. */
  readonly others: ReadonlySet<string>;
  readonly otherCsvs: readonly string[];
  /** When it was looked at. */
  readonly now: Date;
}

const PAGE = 2000;

/** Gathers it. Nothing is changed. */
export async function surveyWorld(tracker: CsvTracker, given: Folders, now: Date): Promise<World> {
  const csvPath = tracker.place.csv;
  const folders = { youtube: resolvePlace(given.youtube), drive: resolvePlace(given.drive) };
  const ledger = await tracker.existingLedger();
  const items = ledger === null ? [] : await allItems(ledger);
  await using snapshot = await tracker.snapshot();
  const rows = await rowsSaid(snapshot);
  const disk = new Map<string, DiskFile>();
  const sidecars: PlacedSidecar[] = [];
  const odd: string[] = [];
  const unreadable: string[] = [];
  const recorded = items.flatMap(({ files }) => files.flatMap(({ folder }) => folder ?? []));
  for (const folder of new Set([...Object.values(folders), ...recorded])) {
    const content = await readFolder(folder);
    for (const [path, file] of content.files) disk.set(placeIn(folder, path), file);
    odd.push(...content.links.map((path) => placeIn(folder, path)));
    unreadable.push(...content.unreadable.map((path) => placeIn(folder, path)));
    for await (const found of scanSidecars(folder, { deep: true }))
      sidecars.push({ ...found, path: placeIn(folder, found.path) });
  }
  const others = await pathsOfOthers(csvPath, folders, tracker.store);
  const names = (await otherCsvs(csvPath)).map((path) => basename(path));
  return { csvPath, folders, rows, items, disk, sidecars, odd, unreadable, others, otherCsvs: names, now };
}

/** Where an item's file is: in the download folder of today, else in the one on record. */
export function placeOfFile(
  { disk, folders }: Pick<World, 'disk' | 'folders'>,
  type: DownloadType,
  file: { readonly path: string; readonly folder: string | null },
): string {
  const here = placeIn(folders[type], file.path);
  if (disk.has(here) || file.folder === null) return here;
  const recorded = placeIn(file.folder, file.path);
  return disk.has(recorded) ? recorded : here;
}

async function allItems(ledger: Ledger): Promise<readonly HeldItem[]> {
  const items: HeldItem[] = [];
  for (let id = 0; ;) {
    const page = await ledger.itemsAfter(id, PAGE);
    for (const item of page) items.push(item);
    const last = page.at(-1);
    if (last === undefined) return items;
    id = last.id;
  }
}

async function rowsSaid(snapshot: CsvSnapshot): Promise<Map<string, RowSaid>> {
  const rows = new Map<string, RowSaid>();
  for await (const { context, links, tracking } of snapshot.readRows(() => true)) {
    const said = (type: DownloadType) => ({
      link: links[type],
      status: tracking[statusColumn(type)].trim().toLowerCase(),
      files: tracking[filesColumn(type)].split(',').filter((name) => name !== ''),
    });
    rows.set(context.rowId, { context, downloads: { youtube: said('youtube'), drive: said('drive') } });
  }
  return rows;
}

/** Files and sidecars that the ledgers of other CSVs hold. */
async function pathsOfOthers(
  csvPath: string,
  folders: Folders,
  store: string | undefined,
): Promise<Set<string>> {
  const paths = new Set<string>();
  for (const known of await ledgersUnder(dirname(csvPath))) {
    if (known.csvPath === csvPath) continue;
    // One that cannot be used says nothing; it is left as it is.
    const ledger = await openKnownLedger(known, store).catch(() => null);
    if (ledger === null) continue;
    try {
      for (const { downloadType, files, metadataFile } of await allItems(ledger))
        for (const file of [
          ...files.map(({ path }) => path),
          ...(metadataFile === null ? [] : [metadataFile]),
        ])
          paths.add(placeIn(folders[downloadType], file));
    } finally {
      await ledger.close();
    }
  }
  return paths;
}

/** Files that systems leave behind everywhere. */
const OF_SYSTEMS = new Set(['thumbs.db', 'desktop.ini', 'icon\r']);

export function isOrdinary(path: string): boolean {
  const name = basename(path);
  return !name.startsWith('.') && !OF_SYSTEMS.has(name.toLowerCase()) && !isSidecarName(name);
}
