import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeEach, onTestFinished } from 'vitest';
import { startInternet, type Internet } from '../../../src/demo/internet/index.ts';
import { STAGING_FOLDER } from '../../../src/files/index.ts';
import { openHosts, policies } from '../../../src/hosts/index.ts';
import { type DownloadResult, RowContext } from '../../../src/row/index.ts';
import { downloadDriveWithContext, type DriveOptions } from '../../../src/sources/drive/index.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** The row that the files of these tests belong to, and what its files' names end in. */
export const ROW = new RowContext({ rowId: '7', rowIndex: 1, type: 'T', name: 'Ada', email: 'a@b.org' });
export const SUFFIX = '_row7_T';

/** A key that the API of each desk's Drive takes. */
export const API_KEY = 'AIzaSyLoopback-0123456789_abcdefghijklm';

export const fileLink = ({ id }: { readonly id: string }) => `https://drive.google.com/file/d/${id}/view`;
export const folderLink = ({ id }: { readonly id: string }) => `https://drive.google.com/drive/folders/${id}`;

export const WITHOUT_PROXY = { proxy: null, caCertFile: null };

/** Hosts that ask for no pace, and of which nothing is known yet. */
export const impatientHosts = () => openHosts({ policyOf: policies('off', 8) });

/** What each item failed for, null for those that arrived. */
export const causesOf = ({ items = [] }: DownloadResult) =>
  items.map(({ failure }) => failure?.cause ?? null);

/** A Drive on loopback for all tests of a file, and for each of them a folder to download into. */
export interface DriveDesk {
  readonly internet: Internet;
  /** How the loopback internet is reached. */
  readonly network: { readonly proxy: string; readonly caCertFile: string };
  /** That of the test that runs. */
  readonly folder: string;
  download(link: string, options?: DriveOptions): Promise<DownloadResult>;
  read(path: string): Promise<string>;
  bytes(path: string): Promise<Buffer>;
  has(path: string): boolean;
  /** What stands in the folder, without what waits in staging. */
  visible(): Promise<readonly string[]>;
  /** Writes a file beside the downloads. @returns its path */
  write(name: string, text: string): Promise<string>;
}

/** Called once at the top of a file of tests; Drive's faults and limits and the web's pages are as at first before each test. */
export async function driveDesk(row: RowContext = ROW): Promise<DriveDesk> {
  const internet = await startInternet();
  afterAll(() => internet.close());
  const { drive, web, proxyUrl, caCertFile } = internet;
  drive.accounts.apiKeys.add(API_KEY);
  const { exportLimit } = drive;
  const network = { proxy: proxyUrl, caCertFile };
  let home = '';
  let folder = '';
  beforeEach(async () => {
    home = await tempFolder();
    folder = join(home, 'drive');
    await mkdir(folder);
    Object.assign(drive, { behaviour: 'ok', faults: {}, exportLimit });
    web.pages.clear();
  });
  const bytes = (path: string) => readFile(join(folder, path));
  return {
    internet,
    network,
    get folder() {
      return folder;
    },
    download: (link, options = {}) =>
      downloadDriveWithContext(link, row, {
        outputDir: folder,
        network,
        hosts: impatientHosts(),
        ...options,
      }),
    read: async (path) => (await bytes(path)).toString(),
    bytes,
    has: (path) => existsSync(join(folder, path)),
    visible: async () => (await readdir(folder)).filter((name) => name !== STAGING_FOLDER).toSorted(),
    async write(name, text) {
      const path = join(home, name);
      await writeFile(path, text);
      return path;
    },
  };
}

/** A server of one file for a test, outside of the loopback internet. @returns the file's address, and what is asked for from now on */
export async function serveFile(answer: RequestListener) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { link: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.bin`, requests };
}

/** What comes of a plain link to such a server. */
export const downloadFrom = (link: string, outputDir: string) =>
  downloadDriveWithContext(link, ROW, {
    outputDir,
    allowDirectLinks: true,
    network: WITHOUT_PROXY,
    hosts: impatientHosts(),
  });
