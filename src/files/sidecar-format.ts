import { createHash } from 'node:crypto';
import type { DownloadType, ItemKind, RowContext } from '../row/index.ts';

/** The version of the format below. A reader takes every version up to it and refuses newer ones. */
export const FORMAT_VERSION = 1;

/** A file that a sidecar names. */
export interface SidecarFile {
  /** A plain name: the file stands beside its sidecar. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Of the whole file, hex. */
  readonly sha256: string;
  /**
   * What object storage tells of a file that was sent in parts: the SHA-256 of its parts' SHA-256 in base64, `-` and their number. With it
   * the storage's answer proves the file; left out for all others.
   */
  readonly partsChecksum?: string | undefined;
}

/** What is known of an item besides its row and its files. */
export interface ItemFacts {
  readonly kind: ItemKind;
  readonly mediaId: string;
  /** Position in the download, from 0. */
  readonly position: number;
  readonly sourceUrl: string;
  readonly title: string | null;
  readonly channel?: string | null;
  readonly mediaTypes?: readonly string[];
  /** Name and version of every program that had a part in it. */
  readonly tools: Readonly<Record<string, string>>;
  /** Counts the resets and link changes of the download; null where no ledger keeps count. */
  readonly generation: number | null;
  /** The number of the attempt that brought it, from 1; null or left out where nobody counts. */
  readonly attempt?: number | null;
  /** When that attempt began, ISO 8601. */
  readonly startedAt?: string | null;
  /** The base name of the CSV that the row stands in. */
  readonly csv?: string | null;
  /** What was asked for of several that there are (`mp4 720`); null where there is one only. */
  readonly requested?: string | null;
  /** The name that the file had before it was taken over; left out for what was fetched. */
  readonly adoptedFrom?: string | undefined;
}

/** What a sidecar holds of name and e-mail: both as they are, their SHA-256, or nothing. */
export type SidecarIdentity = 'full' | 'hashed' | 'none';
export const SIDECAR_IDENTITIES = ['full', 'hashed', 'none'] as const satisfies readonly SidecarIdentity[];

/** A sidecar as it was read; sidecars of earlier tools know their row only, and no files. */
export interface Sidecar {
  readonly row: RowContext;
  /** 0 for earlier tools. */
  readonly formatVersion: number;
  readonly downloadTimestamp: string | null;
  readonly downloadType: DownloadType | null;
  readonly kind: ItemKind | null;
  readonly mediaId: string | null;
  readonly position: number | null;
  readonly sourceUrl: string | null;
  readonly title: string | null;
  readonly channel: string | null;
  readonly mediaTypes: readonly string[];
  readonly generation: number | null;
  readonly attempt: number | null;
  readonly startedAt: string | null;
  /** The base name of the CSV that the row stands in; null where it was not said. */
  readonly csv: string | null;
  readonly requested: string | null;
  readonly tools: Readonly<Record<string, string>>;
  readonly files: readonly SidecarFile[];
}

/** The text of an item's sidecar. */
export function formatSidecar(of: {
  readonly row: RowContext;
  readonly item: ItemFacts;
  readonly files: readonly SidecarFile[];
  readonly now: Date;
  /** What it holds of the person's name and e-mail (default `full`). */
  readonly identity?: SidecarIdentity | undefined;
}): string {
  const { row, item, files, now, identity = 'full' } = of;
  const content = {
    format_version: FORMAT_VERSION,
    ...row.toMetadataDict(now),
    ...identityKeys(row, identity),
    source_csv: item.csv ?? null,
    download_type: downloadTypeOf(item.kind),
    kind: item.kind,
    media_id: item.mediaId,
    position: item.position,
    source_url: item.sourceUrl,
    title: item.title,
    channel: item.channel ?? null,
    media_types: item.mediaTypes ?? [],
    generation: item.generation,
    attempt: item.attempt ?? null,
    started_at: item.startedAt ?? null,
    requested: item.requested ?? null,
    ...(item.adoptedFrom === undefined ? {} : { adopted_from: item.adoptedFrom }),
    tools: item.tools,
    files: files.map(({ name, size, sha256, partsChecksum }) => ({
      ...{ name, size, sha256 },
      ...(partsChecksum === undefined ? {} : { parts_checksum: partsChecksum }),
    })),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** The keys of name and e-mail; a hash stands under a key of its own, so that no reader takes it for a name. */
function identityKeys({ name, email }: RowContext, identity: SidecarIdentity): Record<string, string> {
  if (identity === 'full') return {};
  const empty = { person_name: '', person_email: '' };
  if (identity === 'none') return empty;
  return { ...empty, person_name_sha256: personHash(name), person_email_sha256: personHash(email) };
}

/** SHA-256 (hex) of a name or an e-mail, whatever its case and the space around it. */
function personHash(value: string): string {
  return createHash('sha256').update(value.normalize('NFC').trim().toLowerCase()).digest('hex');
}

/** The download that an item of this kind belongs to. */
export function downloadTypeOf(kind: ItemKind): DownloadType {
  return kind === 'file' ? 'drive' : 'youtube';
}
