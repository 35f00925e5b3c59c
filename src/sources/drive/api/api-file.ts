import { z } from 'zod';
import { editorKind } from '../export-formats.ts';
import type { GoogleTarget } from '../links/target.ts';

/** What the API says of a file or folder. */
export interface ApiFile {
  readonly target: GoogleTarget;
  /** The owner's name for it; hostile. */
  readonly name: string;
  readonly mediaType: string;
  /** Bytes; null for what has none of its own. */
  readonly size: number | null;
  /** Hex. */
  readonly md5: string | null;
  readonly sha256: string | null;
  readonly mayDownload: boolean;
  /** In its owner's trash, itself or with a folder above it; a file there is still given out to who may see it. */
  readonly isTrashed: boolean;
  /** Ready-made addresses of its exports, by media type. */
  readonly exportLinks: Readonly<Record<string, string>>;
}

/** A shortcut has no content: it names another file. */
export interface ApiShortcut {
  readonly shortcutTo: GoogleTarget;
  readonly name: string;
}

/** Things on Drive that are no files: forms, maps, sites. */
export interface ApiOther {
  readonly id: string;
  readonly name: string;
  readonly otherType: string;
}

/** An entry of a list of which the API does not say which file it is. */
export interface ApiUnidentified {
  readonly unidentified: true;
  readonly name: '';
}

export type ApiEntry = ApiFile | ApiShortcut | ApiOther | ApiUnidentified;

const PREFIX = 'application/vnd.google-apps.';

/** The fields that `apiEntry` reads, as the API wants them named. */
export const ENTRY_FIELDS =
  'id,name,mimeType,size,md5Checksum,sha256Checksum,resourceKey,shortcutDetails,capabilities/canDownload,trashed,exportLinks';

const id = z.string().regex(/^[A-Za-z0-9_-]+$/);
const resourceKey = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,80}$/)
  .nullable()
  .optional()
  .catch(null);

export const entrySchema = z
  .object({
    id,
    name: z.string().catch(''),
    mimeType: z.string(),
    // Google gives it as text; what stands between may give a number.
    size: z
      .union([
        z
          .string()
          .regex(/^\d{1,15}$/)
          .transform(Number),
        z.int().nonnegative(),
      ])
      .optional()
      .catch(undefined),
    md5Checksum: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .optional()
      .catch(undefined),
    sha256Checksum: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional()
      .catch(undefined),
    resourceKey,
    shortcutDetails: z
      .object({ targetId: id, targetMimeType: z.string().catch(''), targetResourceKey: resourceKey })
      .optional()
      .catch(undefined),
    capabilities: z.object({ canDownload: z.boolean().optional() }).optional().catch(undefined),
    trashed: z.boolean().optional().catch(undefined),
    exportLinks: z.record(z.string(), z.string()).optional().catch(undefined),
  })
  // An answer that keeps back where a shortcut leads is no whole one; the next may be.
  .refine((entry) => entry.mimeType !== `${PREFIX}shortcut` || entry.shortcutDetails !== undefined)
  .transform((entry): ApiEntry => {
    const { name, mimeType, shortcutDetails: shortcut } = entry;
    if (shortcut !== undefined) {
      const kind = kindOf(shortcut.targetMimeType) ?? 'any';
      return {
        shortcutTo: { kind, id: shortcut.targetId, resourceKey: shortcut.targetResourceKey ?? null },
        name,
      };
    }
    const kind = kindOf(mimeType);
    if (kind === null) return { id: entry.id, name, otherType: otherTypeOf(mimeType) };
    return {
      target: { kind, id: entry.id, resourceKey: entry.resourceKey ?? null },
      name,
      mediaType: mimeType,
      size: entry.size ?? null,
      md5: entry.md5Checksum ?? null,
      sha256: entry.sha256Checksum ?? null,
      mayDownload: entry.capabilities?.canDownload !== false,
      isTrashed: entry.trashed === true,
      exportLinks: entry.exportLinks ?? {},
    };
  });

/** Without a type it may be anything: like what a shortcut leads to, it is asked for by itself. */
const untypedSchema = z
  .object({ id, name: z.string().catch(''), resourceKey })
  .transform((entry): ApiShortcut => ({
    shortcutTo: { kind: 'any', id: entry.id, resourceKey: entry.resourceKey ?? null },
    name: entry.name,
  }));

/** An entry of a list; none is left out, whatever is wrong with it. */
export const listedSchema = z.union([
  entrySchema,
  untypedSchema,
  z.unknown().transform((): ApiUnidentified => ({ unidentified: true, name: '' })),
]);

/** What a media type of Google's own is called; empty for others. */
export function otherTypeOf(mediaType: string): string {
  return mediaType.startsWith(PREFIX) ? mediaType.slice(PREFIX.length) : '';
}

/** What a media type stands for; null for Google's own types that are neither folder nor exported. */
function kindOf(mediaType: string): GoogleTarget['kind'] | null {
  if (mediaType === `${PREFIX}folder`) return 'folder';
  if (!mediaType.startsWith(PREFIX)) return 'file';
  return editorKind(mediaType);
}
