import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import papaparse from 'papaparse';
import { DownloadResult, type DownloadResultFields, RowContext } from '../../src/index.ts';
import { tempFolder } from '../support/temp-folder.ts';

export const HEADER = 'row_id,name,email,type,youtube_playlist,google_drive,mine';

/** Three people: one with both links, one with a video, one with placeholders. */
export const PEOPLE = [
  '007,James,james@example.org,FF-Fi/Se-CP/B(S) #4,https://youtu.be/aaaaaaaaaaa,https://drive.google.com/file/d/1234567890/view,1.10',
  'NA,Nora,nora@example.org,MM #1,https://youtu.be/bbbbbbbbbbb,-,"a, ""b"""',
  "3,Tom,tom@example.org,FM #2,'-,none,",
];

/** A CSV of its own folder. @returns its path */
export async function csvFile(lines: readonly string[] = [HEADER, ...PEOPLE], end = '\r\n'): Promise<string> {
  const path = join(await tempFolder(), 'people.csv');
  await writeFile(path, lines.map((line) => line + end).join(''));
  return path;
}

/** The CSV's cells by header name, as an independent reader sees them. */
export async function readCells(path: string): Promise<Record<string, string>[]> {
  const { data } = papaparse.parse<Record<string, string>>(await readFile(path, 'utf8'), {
    header: true,
    skipEmptyLines: true,
  });
  return data;
}

export async function rowOf(path: string, rowId: string): Promise<Record<string, string>> {
  const row = (await readCells(path)).find((each) => each['row_id'] === rowId);
  if (row === undefined) throw new Error(`no row ${rowId} in ${path}`);
  return row;
}

export function contextOf(row: Record<string, string>): RowContext {
  return new RowContext({
    rowId: row['row_id'] ?? '',
    rowIndex: 0,
    type: row['type'] ?? '',
    name: row['name'] ?? '',
    email: row['email'] ?? '',
  });
}

export function success(
  rowContext: RowContext,
  files: readonly string[] = ['clip.mp4'],
  extra: Partial<DownloadResultFields> = {},
): DownloadResult {
  return new DownloadResult({
    success: true,
    filesDownloaded: files,
    mediaId: 'aaaaaaaaaaa',
    errorMessage: null,
    metadataFile: null,
    rowContext,
    ...extra,
  });
}

export function failure(
  rowContext: RowContext,
  errorMessage = 'the connection broke',
  extra: Partial<DownloadResultFields> = {},
): DownloadResult {
  return success(rowContext, [], { success: false, mediaId: null, errorMessage, ...extra });
}
