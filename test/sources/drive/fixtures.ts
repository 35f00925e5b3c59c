import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startInternet, type Internet } from '../../../src/demo/internet/index.ts';
import { openHosts, policies } from '../../../src/hosts/index.ts';
import { type DownloadResult, RowContext } from '../../../src/row/index.ts';
import { downloadDriveWithContext, type DriveOptions } from '../../../src/sources/drive/index.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** The row that the files of these tests belong to, and what its files' names end in. */
export const ROW = new RowContext({ rowId: '7', rowIndex: 1, type: 'T', name: 'Ada', email: 'a@b.org' });
export const SUFFIX = '_row7_T';

export const fileLink = ({ id }: { readonly id: string }) => `https://drive.google.com/file/d/${id}/view`;
export const folderLink = ({ id }: { readonly id: string }) => `https://drive.google.com/drive/folders/${id}`;

/** Hosts that ask for no pace, and of which nothing is known yet. */
export const impatientHosts = () => openHosts({ policyOf: policies('off', 8) });

/** What each item failed for, null for those that arrived. */
export const causesOf = ({ items = [] }: DownloadResult) =>
  items.map(({ failure }) => failure?.cause ?? null);

/** A Drive on loopback, and a folder to download into. */
export interface DriveDesk {
  readonly internet: Internet;
  readonly folder: string;
  download(link: string, options?: DriveOptions): Promise<DownloadResult>;
  read(path: string): Promise<string>;
  has(path: string): boolean;
  /** Writes a file beside the downloads. @returns its path */
  write(name: string, text: string): Promise<string>;
}

export async function driveDesk(internet: Internet): Promise<DriveDesk> {
  const desk = await tempFolder();
  const folder = join(desk, 'drive');
  return {
    internet,
    folder,
    download: (link, options = {}) =>
      downloadDriveWithContext(link, ROW, {
        outputDir: folder,
        network: { proxy: internet.proxyUrl, caCertFile: internet.caCertFile },
        hosts: impatientHosts(),
        ...options,
      }),
    read: (path) => readFile(join(folder, path), 'utf8'),
    has: (path) => existsSync(join(folder, path)),
    async write(name, text) {
      const path = join(desk, name);
      await writeFile(path, text);
      return path;
    },
  };
}

export { startInternet, type Internet };
