import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatSidecar, type ItemFacts, sidecarName } from '../../src/files/index.ts';
import { DownloadResult, RowContext, updateCsvDownloadStatus } from '../../src/index.ts';
import type { DownloadType, ItemKind } from '../../src/row/index.ts';
import { tempFolder } from '../support/temp-folder.ts';

export const NOW = new Date('2026-11-01T10:00:00Z');

export const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

/** One medium of a row of these tests. */
export interface Medium {
  readonly rowId: string;
  readonly mediaId: string;
  readonly content: string;
  readonly kind?: ItemKind;
}

/** A folder with people.csv, its two download folders and what a run would have left. */
export interface Home {
  readonly folder: string;
  readonly csv: string;
  readonly youtube: string;
  readonly drive: string;
}

export const HEADER = 'row_id,name,email,type,youtube_playlist,google_drive';

export function rowOf(rowId: string): RowContext {
  return new RowContext({
    rowId,
    rowIndex: Number.parseInt(rowId, 10) || 0,
    type: `T #${rowId}`,
    name: `Person ${rowId}`,
    email: `p${rowId}@example.org`,
  });
}

const typeOf = (kind: ItemKind): DownloadType => (kind === 'file' ? 'drive' : 'youtube');
export const videoLink = (id: string) => `https://youtu.be/${id}`;
export const fileLink = (id: string) => `https://drive.google.com/file/d/${id}/view`;

/** The name that a medium's file has. */
export function nameOf({ rowId, mediaId, kind = 'video' }: Medium): string {
  const ending = { video: '.mp4', transcript: '.en.vtt', file: '.bin' }[kind];
  return `${mediaId}${rowOf(rowId).toFilenameSuffix()}${ending}`;
}

export function sidecarNameOf({ rowId, mediaId, kind = 'video' }: Medium): string {
  return sidecarName(`${mediaId}${rowOf(rowId).toFilenameSuffix()}`, kind);
}

function factsOf({ mediaId, kind = 'video' }: Medium): ItemFacts {
  return {
    kind,
    mediaId,
    position: kind === 'transcript' ? 1 : 0,
    sourceUrl: kind === 'file' ? fileLink(mediaId) : `https://www.youtube.com/watch?v=${mediaId}`,
    title: `Title of ${mediaId}`,
    tools: {},
    generation: 1,
    csv: 'people.csv',
  };
}

export function sidecarText(medium: Medium): string {
  const { content } = medium;
  const files = [{ name: nameOf(medium), size: Buffer.byteLength(content), sha256: sha256(content) }];
  return formatSidecar({ row: rowOf(medium.rowId), item: factsOf(medium), files, now: NOW });
}

/** Puts a medium's file and sidecar into a folder. */
export async function putMedium(folder: string, medium: Medium): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, nameOf(medium));
  await writeFile(path, medium.content);
  await writeFile(join(folder, sidecarNameOf(medium)), sidecarText(medium));
  return path;
}

/** A CSV with a row for each row_id, with links to its media. */
export async function homeOf(media: readonly Medium[], rowIds: readonly string[] = []): Promise<Home> {
  const folder = await tempFolder();
  const home = {
    folder,
    csv: join(folder, 'people.csv'),
    youtube: join(folder, 'youtube_downloads'),
    drive: join(folder, 'drive_downloads'),
  };
  const ids = [...new Set([...media.map(({ rowId }) => rowId), ...rowIds])];
  const lines = ids.map((rowId) => {
    const of = (type: DownloadType) => {
      const own = media.filter((each) => each.rowId === rowId && typeOf(each.kind ?? 'video') === type);
      const links = own.map(({ mediaId, kind }) =>
        kind === 'file' ? fileLink(mediaId) : videoLink(mediaId),
      );
      return [...new Set(links)].join('|');
    };
    const { name, email, type } = rowOf(rowId);
    return [rowId, name, email, type, of('youtube'), of('drive')].join(',');
  });
  await writeFile(home.csv, `${[HEADER, ...lines].join('\r\n')}\r\n`);
  return home;
}

/** The same after a run that brought everything: files, sidecars, ledger and cells. */
export async function afterRun(media: readonly Medium[], rowIds: readonly string[] = []): Promise<Home> {
  const home = await homeOf(media, rowIds);
  await recordAll(home, media);
  return home;
}

export async function recordAll(home: Home, media: readonly Medium[]): Promise<void> {
  const downloads = Map.groupBy(media, ({ rowId, kind = 'video' }) => `${rowId} ${typeOf(kind)}`);
  for (const own of downloads.values()) {
    const [first] = own;
    if (first === undefined) continue;
    const downloadType = typeOf(first.kind ?? 'video');
    const folder = home[downloadType];
    for (const medium of own) await putMedium(folder, medium);
    await updateCsvDownloadStatus(0, downloadType, resultOf(own, downloadType), home.csv);
  }
}

function resultOf(own: readonly Medium[], downloadType: DownloadType): DownloadResult {
  const [first] = own;
  return new DownloadResult({
    success: true,
    filesDownloaded: own.map(nameOf),
    mediaId: [...new Set(own.map(({ mediaId }) => mediaId))].join(','),
    errorMessage: null,
    metadataFile: first === undefined ? null : sidecarNameOf(first),
    rowContext: rowOf(first?.rowId ?? ''),
    downloadType,
    items: own.map((medium, position) => {
      const { kind, mediaId, sourceUrl, title } = factsOf(medium);
      const { content } = medium;
      return {
        kind,
        mediaId,
        position,
        sourceUrl,
        title,
        files: [{ path: nameOf(medium), size: Buffer.byteLength(content), sha256: sha256(content) }],
        metadataFile: sidecarNameOf(medium),
        failure: null,
      };
    }),
  });
}

/** A sidecar as earlier tools wrote them: who, and nothing of files. */
export function earlierSidecar(rowId: string): string {
  const { type, name, email } = rowOf(rowId);
  return JSON.stringify({
    source_csv_row_id: rowId,
    source_csv_index: 3,
    personality_type: type,
    person_name: name,
    person_email: email,
    download_timestamp: '2025-01-01T00:00:00',
    tracking_version: '1.0',
    video_title: 'anything',
  });
}

export async function put(path: string, content: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}
