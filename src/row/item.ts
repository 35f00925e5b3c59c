import type { DownloadType } from './download-type.ts';

/** One medium of a download: a video, its transcript, a Drive file. */
export type ItemKind = 'video' | 'transcript' | 'file';

/** A file on disk that was verified before it got its final name. */
export interface StoredFile {
  /** Relative to the download folder, with `/`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Of the whole file, hex. */
  readonly sha256: string;
}

/** Why an item did not arrive. `cause` is a key of errors/causes.ts. */
export interface ItemFailure {
  readonly cause: string;
  /** One sentence; may hold foreign text, so escape it at every output. */
  readonly message: string;
  /** ISO 8601; not to be tried before. */
  readonly notBefore?: string;
  /** The host that refused, by its name in `hosts`; where it is not said, the one that the download type is named for. */
  readonly host?: string;
}

/** What became of one item in one attempt: `failure` is null exactly when `files` are on disk. */
export interface ItemResult {
  readonly kind: ItemKind;
  /** Position in the download, from 0; `*_files` and `*_media_id` list items in this order. */
  readonly position: number;
  /** YouTube video id or Drive file id; null where the link held none. */
  readonly mediaId: string | null;
  readonly title: string | null;
  readonly sourceUrl: string;
  readonly files: readonly StoredFile[];
  /** Path of the item's sidecar, relative to the download folder, with `/`. */
  readonly metadataFile: string | null;
  readonly failure: ItemFailure | null;
}

/** Names an item within its row across attempts. */
export interface ItemKey {
  readonly kind: ItemKind;
  readonly mediaId: string;
}

/** The text form of an item's key, unique within one download of one row. */
export function itemKey({ kind, mediaId }: ItemKey): string {
  return `${kind}:${mediaId}`;
}

/** A download of one row. */
export interface DownloadKey {
  readonly rowId: string;
  readonly downloadType: DownloadType;
}
