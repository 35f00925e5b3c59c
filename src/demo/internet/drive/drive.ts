import { createHash } from 'node:crypto';
import { contentOf, generatedContent, type Content } from '../content.ts';
import { takeFaults } from '../faults.ts';
import type { Scripted } from '../scripted.ts';
import type { Site } from '../site.ts';
import { type Accounts, createAccounts } from './api/accounts.ts';
import type {
  DriveBehaviour,
  DriveFaults,
  DriveFile,
  DriveFileOptions,
  DriveFolder,
  DriveShortcut,
} from './drive-file.ts';
import { routeDrive } from './routes.ts';
import type { Shelf } from './world.ts';

interface DriveFolderOptions extends Pick<DriveFileOptions, 'resourceKey' | 'sharedWith' | 'driveId'> {
  readonly id?: string;
  readonly name?: string;
  /** Ids of files and folders. */
  readonly children?: readonly string[];
  readonly behaviour?: Scripted<DriveBehaviour>;
  readonly repeatsPage?: boolean;
}

/** The Google Drive of the loopback internet. A file that was never added is not found. */
export interface Drive {
  /** For every file: `ok` leaves it to each file's own. */
  behaviour: Scripted<DriveBehaviour>;
  /** For every file; a file's own faults win. */
  faults: DriveFaults;
  /** The API exports documents up to so many bytes; 10 MB as Google's. */
  exportLimit: number;
  /** Who may come in besides everyone. */
  readonly accounts: Accounts;
  readonly files: ReadonlyMap<string, DriveFile>;
  /** Adds or replaces a file. Throws for an id that is none. The returned object may be changed at any time. */
  addFile(options?: DriveFileOptions): DriveFile;
  /** Adds or replaces a folder; children may be added later. Throws for an id that is none. */
  addFolder(options?: DriveFolderOptions): DriveFolder;
  /** Adds a shortcut to something, which need not exist. */
  addShortcut(targetId: string, name?: string): DriveShortcut;
}

const DRIVE_HOSTS = [
  'drive.google.com',
  'docs.google.com',
  'drive.usercontent.google.com',
  'accounts.google.com',
  'www.googleapis.com',
  'oauth2.googleapis.com',
] as const;

const DRIVE_ID = /^[A-Za-z0-9_-]{10,}$/;

/** Makes an empty Drive, and the site that serves it. */
export function createDrive(): { drive: Drive; site: Site } {
  const shelf: Shelf = { files: new Map(), folders: new Map(), shortcuts: new Map() };
  const accounts = createAccounts();
  const drive: Drive = {
    behaviour: 'ok',
    faults: {},
    exportLimit: 10 * 1024 * 1024,
    accounts: accounts.accounts,
    files: shelf.files,
    addFile(options = {}) {
      const file = newFile(options, shelf.files.size + 1);
      shelf.files.set(file.id, file);
      return file;
    },
    addFolder({ id, name = 'Folder', children = [], behaviour = 'ok', repeatsPage = false, ...owned } = {}) {
      const folder: DriveFolder = {
        id: checkedId(id ?? madeUpId('folder', shelf.folders.size + 1)),
        name,
        children,
        behaviour,
        repeatsPage,
        ...ownedBy(owned),
      };
      shelf.folders.set(folder.id, folder);
      return folder;
    },
    addShortcut(targetId, name = 'Shortcut') {
      const id = madeUpId('shortcut', shelf.shortcuts.size + 1);
      const shortcut: DriveShortcut = { id, name, targetId, ...ownedBy({}) };
      shelf.shortcuts.set(id, shortcut);
      return shortcut;
    },
  };
  const site: Site = {
    hosts: DRIVE_HOSTS,
    answer(request) {
      const { resource, fileId, reply } = routeDrive(request, { shelf, host: drive, accounts });
      const own = fileId === null ? undefined : shelf.files.get(fileId);
      return Promise.resolve({ reply, fault: takeFaults(drive.faults[resource], own?.faults[resource]) });
    },
  };
  return { drive, site };
}

function newFile(options: DriveFileOptions, number: number): DriveFile {
  const id = checkedId(options.id ?? madeUpId('file', number));
  const body = toContent(options.body ?? `The words of ${id}.\n`);
  return {
    id,
    name: options.name ?? `${id}.bin`,
    body,
    mediaType: options.mediaType ?? 'application/octet-stream',
    ...ownedBy(options),
    behaviour: options.behaviour ?? 'ok',
    faults: { ...options.faults },
    excessLength: options.excessLength ?? 0,
    chunked: options.chunked ?? false,
    checksums: options.checksums ?? 'none',
    rangesIgnored: options.rangesIgnored ?? false,
    redirectTo: options.redirectTo ?? null,
    etag: `"${createHash('sha256').update(`${id}/${body.size}`).digest('hex').slice(0, 16)}"`,
    lastModified: new Date('2024-01-02T03:04:05Z'),
  };
}

function ownedBy({
  resourceKey = null,
  sharedWith = null,
  driveId = null,
}: {
  readonly resourceKey?: string | null;
  readonly sharedWith?: readonly string[] | null;
  readonly driveId?: string | null;
}): Pick<DriveFile, 'resourceKey' | 'sharedWith' | 'driveId'> {
  return { resourceKey, sharedWith, driveId };
}

function toContent(body: NonNullable<DriveFileOptions['body']>): Content {
  return typeof body === 'string' || Buffer.isBuffer(body) ? contentOf(body) : generatedContent(body);
}

function checkedId(id: string): string {
  if (!DRIVE_ID.test(id))
    throw new Error(`"${id}" is not an id of Drive: 10 or more characters of A-Z a-z 0-9 _ -.`);
  return id;
}

function madeUpId(kind: string, number: number): string {
  return `1${createHash('sha256').update(`${kind} ${number}`).digest('base64url').slice(0, 32)}`;
}
