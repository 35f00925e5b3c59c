import type { Content, GeneratedBody } from '../content.ts';
import type { Fault } from '../faults.ts';
import type { Scripted } from '../scripted.ts';

/** How Drive treats a request to download a file. */
export type DriveBehaviour =
  'ok' | 'virus' | 'quota' | 'quota-403' | 'bot-block' | 'sign-in' | 'not-found' | 'cannot-download' | 'html';

/** Checksums: absent from headers, true, or of other bytes; the API's SHA-256 also alone. */
type ChecksumHeader = 'none' | 'right' | 'wrong' | 'wrong-sha256';

/** Faults by what is asked for. */
export interface DriveFaults {
  /** What the API says of files and folders. */
  api?: Fault;
  /** Pages and redirects: `uc`, `open`, `view`, folders. */
  page?: Fault;
  /** The file itself, at its final address or through the API. */
  download?: Fault;
}

/** What a test may say about a file; the rest is filled in. */
export interface DriveFileOptions {
  /** At least 10 characters of `[A-Za-z0-9_-]`; made up when absent. */
  readonly id?: string;
  /** The file name in Content-Disposition; any text. */
  readonly name?: string;
  readonly body?: Buffer | string | GeneratedBody;
  /** `application/vnd.google-apps.document` (or spreadsheet, presentation) makes it an editor's document. */
  readonly mediaType?: string;
  /** Only links that carry this `resourcekey` open the file. */
  readonly resourceKey?: string;
  /** E-mail addresses of those who may see it; everyone when absent. */
  readonly sharedWith?: readonly string[];
  /** The shared drive that it lies on. */
  readonly driveId?: string;
  readonly behaviour?: Scripted<DriveBehaviour>;
  readonly faults?: DriveFaults;
  /** Bytes by which Content-Length exceeds the truth. */
  readonly excessLength?: number;
  /** Sent in chunks, without Content-Length. */
  readonly chunked?: boolean;
  readonly checksums?: ChecksumHeader;
  /** Ranges are ignored: the answer is always the whole file. */
  readonly rangesIgnored?: boolean;
  /** Where its final address sends the client instead. */
  readonly redirectTo?: string;
}

/** What everything on Drive has in common: who may see it. */
export interface Owned {
  readonly id: string;
  name: string;
  resourceKey: string | null;
  /** Null for everyone. */
  sharedWith: readonly string[] | null;
  driveId: string | null;
}

/** Whether an account may see it; null is everybody. */
export function isOpenTo({ sharedWith }: Pick<Owned, 'sharedWith'>, account: string | null): boolean {
  return sharedWith === null || (account !== null && sharedWith.includes(account));
}

/** A file. Its fields may be changed at any time; the next request sees the change. */
export interface DriveFile extends Owned {
  body: Content;
  mediaType: string;
  /** With `times`, a request for the file's final address counts once. */
  behaviour: Scripted<DriveBehaviour>;
  faults: DriveFaults;
  excessLength: number;
  chunked: boolean;
  checksums: ChecksumHeader;
  rangesIgnored: boolean;
  redirectTo: string | null;
  /** The validator of its bytes; change it to let a resume find another file. */
  etag: string;
  lastModified: Date;
}

/** A folder; its children are ids of files and folders. */
export interface DriveFolder extends Owned {
  children: readonly string[];
  behaviour: Scripted<DriveBehaviour>;
  /** Whether each page of its list through the API names the same next one. */
  repeatsPage: boolean;
}

/** Another name for something, in another place. */
export interface DriveShortcut extends Owned {
  targetId: string;
}

export const EDITOR_TYPES = {
  document: 'application/vnd.google-apps.document',
  spreadsheets: 'application/vnd.google-apps.spreadsheet',
  presentation: 'application/vnd.google-apps.presentation',
} as const;
export type Editor = keyof typeof EDITOR_TYPES;

/** The editor of a type; that of documents for what has none. */
export function editorOf(mediaType: string): Editor {
  const editors = Object.keys(EDITOR_TYPES) as Editor[];
  return editors.find((name) => EDITOR_TYPES[name] === mediaType) ?? 'document';
}

/** Whether this type belongs to a document of an editor, which has no bytes of its own and is exported. */
export function isEditorType(mediaType: string): boolean {
  return (Object.values(EDITOR_TYPES) as readonly string[]).includes(mediaType);
}
