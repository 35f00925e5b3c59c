import { execFile } from 'node:child_process';
import { lstat, readdir, readFile, readlink, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findTool } from '../../scripts/setup/index.js';
import { formatSidecar } from '../../src/files/index.ts';
import { RowContext } from '../../src/index.ts';
import { type CliResult, runCli } from '../support/cli.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { readCells } from '../tracker/fixtures.ts';
import { NOW, put, sha256 } from './fixtures.ts';

const run = promisify(execFile);

/** A row of these tests. */
export interface Person {
  readonly id: string;
  readonly youtube?: string;
  readonly drive?: string;
}

export interface Place {
  readonly folder: string;
  readonly csv: string;
  /** Where an earlier tool left its files. */
  readonly old: string;
  readonly youtube: string;
  readonly drive: string;
}

export function personOf(id: string): RowContext {
  return new RowContext({
    rowId: id,
    rowIndex: 0,
    type: `T #${id}`,
    name: `Name ${id}`,
    email: `e${id}@example.org`,
  });
}

export const video = (id: string) => `https://youtu.be/${id}`;
export const driveFile = (id: string) => `https://drive.google.com/file/d/${id}/view`;

/** A folder with people.csv and nothing else. */
export async function placeWith(people: readonly Person[]): Promise<Place> {
  const folder = await tempFolder();
  const lines = people.map(({ id, youtube = '', drive = '' }) => {
    const { type, name, email } = personOf(id);
    return [id, name, email, type, youtube, drive].join(',');
  });
  const place = {
    folder,
    csv: join(folder, 'people.csv'),
    old: join(folder, 'old'),
    youtube: join(folder, 'youtube_downloads'),
    drive: join(folder, 'drive_downloads'),
  };
  await writeFile(
    place.csv,
    ['row_id,name,email,type,youtube_playlist,google_drive', ...lines].map((line) => `${line}\r\n`).join(''),
  );
  return place;
}

/** A sidecar with the keys of FIELD.md, as tools before rowtrail wrote it. */
export function earlierKeys(id: string, others: Readonly<Record<string, unknown>> = {}): string {
  const { type, name, email } = personOf(id);
  return JSON.stringify({
    source_csv_row_id: id,
    source_csv_index: 3,
    personality_type: type,
    person_name: name,
    person_email: email,
    download_timestamp: '2025-01-01T00:00:00',
    tracking_version: '1.0',
    ...others,
  });
}

/** A file and its sidecar as another rowtrail has them. */
export async function putOwn(
  folder: string,
  id: string,
  mediaId: string,
  bytes: Buffer,
  name = `${mediaId}.mp4`,
): Promise<string> {
  const item = {
    kind: 'video',
    mediaId,
    position: 0,
    sourceUrl: video(mediaId),
    title: 'Told',
    tools: {},
    generation: 3,
  } as const;
  const files = [{ name, size: bytes.length, sha256: sha256(bytes) }];
  await putBytes(
    join(folder, `${name.replace(/\.[^.]*$/, '')}_metadata.json`),
    formatSidecar({ row: personOf(id), item, files, now: NOW }),
  );
  return putBytes(join(folder, name), bytes);
}

const made = new Map<string, Promise<Buffer>>();

/** A second of real film; each number is another one. */
export function film(n: number, extension = 'mp4'): Promise<Buffer> {
  const key = `${n}.${extension}`;
  const known = made.get(key) ?? makeFilm(n, extension);
  made.set(key, known);
  return known;
}

async function makeFilm(n: number, extension: string): Promise<Buffer> {
  const folder = join('node_modules', '.cache', 'adopted-media');
  const path = join(folder, `second-${n}.${extension}`);
  const there = await readFile(path).catch(() => null);
  if (there !== null) return there;
  const temp = join(folder, `${process.pid}-${n}.${extension}`);
  await put(join(folder, '.keep'), '');
  const colour = (n * 2654435761) % 0xffffff;
  const isSound = ['m4a', 'mp3'].includes(extension);
  await run(findTool('ffmpeg', process.env) ?? 'ffmpeg', [
    ...['-v', 'error', '-y'],
    ...(isSound
      ? []
      : ['-f', 'lavfi', '-i', `color=c=0x${colour.toString(16).padStart(6, '0')}:s=64x64:d=1`]),
    ...['-f', 'lavfi', '-i', `sine=f=${200 + n}:d=1`, '-shortest', temp],
  ]);
  const bytes = await readFile(temp);
  await rename(temp, path);
  return bytes;
}

export async function putBytes(path: string, bytes: Buffer | string): Promise<string> {
  await put(path, '');
  await writeFile(path, bytes);
  return path;
}

/** Everything in a folder, with what can be seen of it but the number of its names. */
export async function seenIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  const seen = names.toSorted().map(async (name) => {
    const path = join(folder, name);
    const { mode, size, mtimeMs } = await lstat(path);
    const found = await lstat(path);
    if (found.isSymbolicLink()) return `${name} -> ${await readlink(path)}`;
    if (!found.isFile()) return `${name} ${mode}`;
    const bytes = await readFile(path).catch(() => 'not readable');
    return `${name} ${mode} ${size} ${mtimeMs} ${sha256(bytes)}`;
  });
  return Promise.all(seen);
}

/** One adoption by the command line, and what it said. */
export async function adoptBy(
  place: Pick<Place, 'folder' | 'old'>,
  flags: readonly string[] = [],
): Promise<{ readonly result: CliResult; readonly said: Said }> {
  const result = await runCli(['adopt', 'people.csv', place.old, '--json', ...flags], { cwd: place.folder });
  const said = result.stdout === '' ? NOTHING : (JSON.parse(result.stdout) as Said);
  return { result, said };
}

interface Said {
  readonly downloads: readonly {
    readonly row_id: string;
    readonly download_type: string;
    readonly status: string;
    readonly missing: readonly string[] | null;
    readonly files: readonly { readonly kind: string; readonly from: string; readonly path: string | null }[];
  }[];
  readonly left: readonly { readonly path: string; readonly reason: string; readonly message: string }[];
  readonly here: number;
  readonly moved: number;
  readonly applied: boolean;
}
const NOTHING: Said = { downloads: [], left: [], here: 0, moved: 0, applied: false };

/** Reasons by the names of the files that were left alone. */
export function reasons({ left }: Said, folder: string): Record<string, string> {
  return Object.fromEntries(left.map(({ path, reason }) => [path.slice(folder.length + 1), reason]));
}

/** A row's cells. */
export async function cellsOf(place: Place, id: string): Promise<Record<string, string>> {
  const cells = (await readCells(place.csv)).find((row) => row['row_id'] === id);
  return cells ?? {};
}

/** The names in a download folder; none where there is no such folder. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).toSorted();
}

export async function inodeOf(path: string): Promise<number> {
  return (await stat(path)).ino;
}
