import { EDITORS, type ExportableKind, isExported } from '../export-formats.ts';

/** What a link points at; `any` where only Drive knows (`open?id=`), `direct` for a plain file of another host. */
export type DriveKind = 'file' | ExportableKind | 'folder' | 'any' | 'direct';

/** One thing on Google Drive that a link cell points at, known by its id; every URL that is contacted is rebuilt from it. */
export interface GoogleTarget {
  readonly kind: Exclude<DriveKind, 'direct'>;
  readonly id: string;
  /** Of links that were shared before 2021; such a file is not given out without it. */
  readonly resourceKey: string | null;
}

/** A file at an address of its own. */
export interface DirectTarget {
  readonly kind: 'direct';
  /** Made from the address: the same link is the same item in every attempt. */
  readonly id: string;
  readonly resourceKey: null;
  readonly url: string;
}

export type DriveTarget = GoogleTarget | DirectTarget;

/** Where the bytes of a target begin to be asked for without an account; a folder's are those of its children. */
export function downloadUrl(target: DriveTarget, exportFormat: string | null): string {
  if (target.kind === 'direct') return target.url;
  if (isExported(target.kind) && exportFormat !== null) {
    const { editor } = EDITORS[target.kind];
    return withKey(
      new URL(`https://docs.google.com/${editor}/d/${target.id}/export?format=${exportFormat}`),
      target,
    );
  }
  return withKey(new URL(`https://drive.google.com/uc?export=download&id=${target.id}`), target);
}

/** Where Drive redirects to the thing's own address. */
export function openUrl(target: GoogleTarget): string {
  return withKey(new URL(`https://drive.google.com/open?id=${target.id}`), target);
}

/** The page that lists a public folder. */
export function folderUrl(target: GoogleTarget): string {
  return withKey(new URL(`https://drive.google.com/embeddedfolderview?id=${target.id}`), target);
}

/** The address that a person opens, for sidecars and messages. */
export function viewUrl(target: DriveTarget): string {
  if (target.kind === 'direct') return target.url;
  const { kind, id } = target;
  if (isExported(kind))
    return withKey(new URL(`https://docs.google.com/${EDITORS[kind].editor}/d/${id}/edit`), target);
  if (kind === 'any') return openUrl(target);
  const path = kind === 'folder' ? `drive/folders/${id}` : `file/d/${id}/view`;
  return withKey(new URL(`https://drive.google.com/${path}`), target);
}

function withKey(url: URL, { resourceKey }: GoogleTarget): string {
  if (resourceKey !== null) url.searchParams.set('resourcekey', resourceKey);
  return url.href;
}
