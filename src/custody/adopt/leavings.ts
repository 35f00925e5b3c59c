import { readFile } from 'node:fs/promises';
import { lstatSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { errnoOf } from '../../errors/index.ts';
import {
  type DiskFile,
  givingWay,
  isSidecarName,
  scanSidecars,
  type Sidecar,
  stemOfSidecar,
  walkFolder,
} from '../../files/index.ts';
import { archivedIds } from '../../sources/index.ts';
import { isOrdinary, type PlacedSidecar } from '../world.ts';
import { INFO_ENDING, type InfoFile, MAX_INFO_BYTES, parseInfoFile } from './info-file.ts';
import { type LeftAlone, leftAlone } from './left-alone.ts';

/** A file that may be somebody's. */
export interface Leaving extends DiskFile {
  /** Absolute. */
  readonly path: string;
  readonly name: string;
  /** The names of the folders that it lies in, that of the searched one first. */
  readonly folders: readonly string[];
}

/** A sidecar with its row, where it stands. */
export interface ReadSidecar {
  readonly path: string;
  readonly sidecar: Sidecar;
}

/** Everything that an earlier tool left in a folder, as it was read. */
export interface Leavings {
  /** Absolute, links followed. */
  readonly folder: string;
  readonly files: readonly Leaving[];
  /** By the path of the file that they list. */
  readonly listing: ReadonlyMap<string, readonly ReadSidecar[]>;
  /** Of earlier tools, by the stem of their files. */
  readonly earlier: ReadonlyMap<string, ReadSidecar>;
  /** Stems that a sidecar of a newer rowtrail stands at. */
  readonly newer: ReadonlyMap<string, string>;
  /** By the stem of the files that they tell of. */
  readonly infos: ReadonlyMap<string, { readonly path: string; readonly info: InfoFile }>;
  /** Video ids by the record of yt-dlp that lists them. */
  readonly archives: ReadonlyMap<string, ReadonlySet<string>>;
  readonly left: readonly LeftAlone[];
}

/** A record of yt-dlp is a line a video; this is one of half a million. */
const MAX_ARCHIVE_BYTES = 16 << 20;

/**
 * Reads a folder and all folders in it; nothing is changed. Links are not followed, hidden files and folders are passed over.
 * @param folder absolute, without links
 */
export async function readLeavings(folder: string): Promise<Leavings> {
  const left: LeftAlone[] = [];
  const files: Leaving[] = [];
  const infos = new Map<string, { readonly path: string; readonly info: InfoFile }>();
  const archives = new Map<string, ReadonlySet<string>>();
  const pause = givingWay();
  const unreadable = (path: string, error: unknown) =>
    left.push(
      leftAlone(join(folder, path), 'unreadable', `It cannot be read (${errnoOf(error) ?? 'unknown'}).`),
    );
  for await (const { path: below, entry } of walkFolder(folder, true, unreadable)) {
    await pause();
    if (isHidden(below)) continue;
    const path = join(folder, below);
    if (entry.isSymbolicLink()) {
      left.push(leftAlone(path, 'symbolic_link', 'It is not followed: name the folder that it leads to.'));
      continue;
    }
    if (!entry.isFile()) {
      left.push(leftAlone(path, 'not_a_file', 'It is no ordinary file.'));
      continue;
    }
    if (isSidecarName(entry.name) || !isOrdinary(path)) continue;
    try {
      const { size, mtimeMs } = lstatSync(path);
      if (entry.name.endsWith(INFO_ENDING)) await addInfo(path, size);
      else if (!(await addArchive(path, size)))
        files.push({ path, name: entry.name, folders: above(below), size, mtimeMs });
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      unreadable(below, error);
    }
  }
  return { folder, files, infos, archives, left, ...(await readSidecars(folder, left)) };

  async function addInfo(path: string, size: number): Promise<void> {
    const info = size > MAX_INFO_BYTES ? null : parseInfoFile(await readFile(path, 'utf8'));
    if (info === null)
      left.push(leftAlone(path, 'broken_info', 'It cannot be read as an info file of yt-dlp.'));
    else infos.set(path.slice(0, -INFO_ENDING.length), { path, info });
  }

  /** @returns whether it is a record of `--download-archive` */
  async function addArchive(path: string, size: number): Promise<boolean> {
    const mayBe =
      /(?:^|\/)[^./]*(?:\.txt)?$|archive[^/]*$/i.test(path) && size > 0 && size <= MAX_ARCHIVE_BYTES;
    if (!mayBe) return false;
    const text = await readFile(path, 'utf8');
    if (!isArchive(text)) return false;
    archives.set(path, archivedIds(text));
    return true;
  }

  function above(below: string): readonly string[] {
    const parent = dirname(below);
    return [basename(folder), ...(parent === '.' ? [] : parent.split('/'))];
  }
}

/** Whether a text is a record of yt-dlp: a site and an id on each line, and YouTube among the sites. Pure. */
export function isArchive(text: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return (
    lines.length > 0 &&
    lines.every((line) => /^\s*[a-z0-9_.:-]+\s+\S+\s*$/i.test(line)) &&
    archivedIds(text).size > 0
  );
}

async function readSidecars(
  folder: string,
  left: LeftAlone[],
): Promise<Pick<Leavings, 'listing' | 'earlier' | 'newer'>> {
  const listing = new Map<string, ReadSidecar[]>();
  const earlier = new Map<string, ReadSidecar>();
  const newer = new Map<string, string>();
  for await (const { path: below, sidecar, problem } of scanSidecars(folder, { deep: true })) {
    const path = join(folder, below);
    if (isHidden(below) || !isOrdinaryFile(path)) continue;
    const stem = stemOfSidecar(path);
    if (problem === 'newer') {
      newer.set(stem, path);
      left.push(leftAlone(path, 'newer_sidecar', 'Update this rowtrail to have it read.'));
    } else if (problem === 'broken') left.push(leftAlone(path, 'broken_sidecar', 'Its JSON cannot be read.'));
    else if (sidecar === null) left.push(leftAlone(path, 'broken_sidecar', 'It names no row.'));
    else if (sidecar.files.length === 0) earlier.set(stem, { path, sidecar });
    else
      for (const { name } of sidecar.files) {
        const file = dirname(path) + sep + name;
        listing.set(file, [...(listing.get(file) ?? []), { path, sidecar }]);
      }
  }
  return { listing, earlier, newer };
}

function isHidden(below: string): boolean {
  return below.split('/').some((part) => part.startsWith('.'));
}

/** What is none was said already. */
function isOrdinaryFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** For those who look at what both an earlier tool and a download folder have. */
export function placedOf({ path, sidecar }: ReadSidecar): PlacedSidecar {
  return { path, sidecar, problem: null };
}
