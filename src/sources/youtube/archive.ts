import { constants } from 'node:fs';
import { copyFile, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { errnoOf, fileError } from '../../errors/index.ts';
import { isVideoId } from './targets.ts';

/** What plain yt-dlp fetched earlier, by its own record. */
export interface Archive {
  /** Whether the record says that a video is there. */
  has(id: string): boolean;
  /** Files whose name holds the id, in the record's folder and below. */
  filesOf(id: string): readonly string[];
}

/** Folders inside folders that are looked through: channel, playlist, and a little more. */
const DEPTH = 4;

const NONE: Archive = { has: () => false, filesOf: () => [] };

/** Read once for each file of a run: a record of thousands of videos is not to be read for each row. */
const archives = new Map<string, Promise<Archive>>();

/**
 * The record that `--download-archive` of yt-dlp keeps (`youtube ID` a line), with the files that lie beside it and in the
 * download folder. Nothing is changed.
 * @param file its path, or null for none
 * @param outputDir is looked through as well
 * @throws RowtrailError (file_missing, access_denied) where the record cannot be read
 */
export async function openArchive(file: string | null, outputDir: string): Promise<Archive> {
  if (file === null) return NONE;
  const changed = await stat(file).catch(() => null);
  const key = [resolve(file), changed?.mtimeMs, changed?.size, resolve(outputDir)].join('\n');
  const known = archives.get(key) ?? readArchive(resolve(file), resolve(outputDir));
  archives.set(key, known);
  known.catch(() => archives.delete(key));
  return known;
}

async function readArchive(file: string, outputDir: string): Promise<Archive> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileError(error, 'The archive of yt-dlp cannot be read', { file });
  });
  const ids = archivedIds(text);
  const found = new Map<string, string[]>();
  for (const folder of new Set([dirname(file), outputDir])) {
    for await (const path of filesBelow(folder, DEPTH)) {
      for (const id of idsIn(path.slice(path.lastIndexOf('/') + 1))) {
        if (!ids.has(id)) continue;
        const paths = found.get(id) ?? [];
        if (!paths.includes(path)) paths.push(path);
        found.set(id, paths);
      }
    }
  }
  return { has: (id) => ids.has(id), filesOf: (id) => found.get(id) ?? [] };
}

/** The ids of YouTube in a record; other sites' lines are passed over. Pure. */
export function archivedIds(text: string): ReadonlySet<string> {
  const lines = text.split(/\r?\n/).map((line) => /^\s*youtube\s+(\S+)\s*$/i.exec(line)?.[1]);
  return new Set(lines.filter(isVideoId));
}

/**
 * Every id that a file name may hold: `Title [ID].mp4` as yt-dlp writes today, `Title-ID.mp4` as it once did, `ID.mp4`.
 * A title may look like one, so what is found has to be known. Pure.
 */
export function idsIn(name: string): readonly string[] {
  const bracketed = [...name.matchAll(/\[([A-Za-z0-9_-]{11})\]/g)].flatMap((match) => match[1] ?? []);
  const stem = name.split('.')[0] ?? '';
  const bare = isVideoId(stem) ? [stem] : [];
  const dashed = /-([A-Za-z0-9_-]{11})$/.exec(
    name.replace(/(?:\.[A-Za-z-]{2,10})?\.[a-z0-9]{2,5}$/, ''),
  )?.[1];
  return [...new Set([...bracketed, ...bare, ...(dashed === undefined ? [] : [dashed])])];
}

async function* filesBelow(folder: string, depth: number): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    // What cannot be looked into holds nothing for us.
    if (errnoOf(error) === undefined) throw error;
    return [];
  });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && depth > 0 && !entry.name.startsWith('.'))
      yield* filesBelow(path, depth - 1);
  }
}

/**
 * Copies a file of the archive into staging, as a clone where the disk can; the original stays what and where it is.
 * @returns the copy's path
 * @throws the system error
 */
export async function copyFromArchive(path: string, folder: string): Promise<string> {
  const copy = join(folder, `archived${extname(path)}`);
  await copyFile(path, copy, constants.COPYFILE_FICLONE);
  return copy;
}
