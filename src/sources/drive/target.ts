/** What a Drive link points at; `any` where only Drive knows (`open?id=`). */
export type DriveKind = 'file' | 'document' | 'spreadsheet' | 'presentation' | 'folder' | 'any';

/** One thing that a link cell points at, known by its id; every URL that is contacted is rebuilt from it. */
export interface DriveTarget {
  readonly kind: DriveKind;
  readonly id: string;
  /** Of links that were shared before 2021; such a file is not given out without it. */
  readonly resourceKey: string | null;
}

/** What a Google editor's document is exported as, under the name of the editor in its address. */
export const EXPORTS = {
  document: { editor: 'document', format: 'docx' },
  spreadsheet: { editor: 'spreadsheets', format: 'xlsx' },
  presentation: { editor: 'presentation', format: 'pptx' },
} as const satisfies Partial<Record<DriveKind, { editor: string; format: string }>>;

export function isExported(kind: DriveKind): kind is keyof typeof EXPORTS {
  return Object.hasOwn(EXPORTS, kind);
}

/** Where the bytes of a target begin to be asked for; a folder's are those of its children. */
export function downloadUrl(target: DriveTarget): string {
  if (isExported(target.kind)) {
    const { editor, format } = EXPORTS[target.kind];
    return withKey(
      new URL(`https://docs.google.com/${editor}/d/${target.id}/export?format=${format}`),
      target,
    );
  }
  return withKey(new URL(`https://drive.google.com/uc?export=download&id=${target.id}`), target);
}

/** Where Drive redirects to the thing's own address. */
export function openUrl(target: DriveTarget): string {
  return withKey(new URL(`https://drive.google.com/open?id=${target.id}`), target);
}

/** The page that lists a public folder. */
export function folderUrl(target: DriveTarget): string {
  return withKey(new URL(`https://drive.google.com/embeddedfolderview?id=${target.id}`), target);
}

/** The address that a person opens, for sidecars and messages. */
export function viewUrl(target: DriveTarget): string {
  const { kind, id } = target;
  if (isExported(kind))
    return withKey(new URL(`https://docs.google.com/${EXPORTS[kind].editor}/d/${id}/edit`), target);
  if (kind === 'any') return openUrl(target);
  const path = kind === 'folder' ? `drive/folders/${id}` : `file/d/${id}/view`;
  return withKey(new URL(`https://drive.google.com/${path}`), target);
}

function withKey(url: URL, { resourceKey }: DriveTarget): string {
  if (resourceKey !== null) url.searchParams.set('resourcekey', resourceKey);
  return url.href;
}
