import { checksumsOf } from '../checksums.ts';
import {
  type DriveFile,
  type DriveFolder,
  type DriveShortcut,
  editorOf,
  isEditorType,
} from '../drive-file.ts';
import { currentScripted } from '../../scripted.ts';
import { exportAddresses } from '../editor-export.ts';

const FOLDER = 'application/vnd.google-apps.folder';
const SHORTCUT = 'application/vnd.google-apps.shortcut';

/** Anything that has an id on this Drive. */
export type Thing =
  | { readonly what: 'file'; readonly thing: DriveFile }
  | { readonly what: 'folder'; readonly thing: DriveFolder }
  | { readonly what: 'shortcut'; readonly thing: DriveShortcut; readonly target: Thing | null };

/** What the API tells when no fields are asked for. */
const USUAL = ['kind', 'id', 'name', 'mimeType'];

/** A file resource with the fields that were asked for (top-level names; what is in them comes whole). */
export function resourceOf(thing: Thing, fields: string | null): object {
  const asked = fields === null ? USUAL : topLevel(fields);
  const all = Object.entries({
    kind: 'drive#file',
    id: thing.thing.id,
    name: thing.thing.name,
    ...factsOf(thing),
  });
  return Object.fromEntries(all.filter(([name]) => asked.includes(name) || asked.includes('*')));
}

function factsOf(entry: Thing): object {
  const { thing } = entry;
  const key = thing.resourceKey === null ? {} : { resourceKey: thing.resourceKey };
  const shared = thing.driveId === null ? key : { ...key, driveId: thing.driveId };
  if (entry.what === 'folder') return { mimeType: FOLDER, ...shared };
  if (entry.what === 'shortcut') {
    const { target } = entry;
    const targetType = target === null ? '' : String((factsOf(target) as { mimeType?: string }).mimeType);
    const targetKey = target?.thing.resourceKey ?? null;
    return {
      mimeType: SHORTCUT,
      ...shared,
      shortcutDetails: {
        targetId: entry.thing.targetId,
        targetMimeType: targetType,
        ...(targetKey === null ? {} : { targetResourceKey: targetKey }),
      },
    };
  }
  const canDownload = currentScripted(entry.thing.behaviour) !== 'cannot-download';
  const { mediaType, body, checksums } = entry.thing;
  if (isEditorType(mediaType)) {
    const editor = editorOf(mediaType);
    return {
      mimeType: mediaType,
      ...shared,
      capabilities: { canDownload },
      exportLinks: exportAddresses(thing.id, editor),
    };
  }
  const { md5 } = checksumsOf(body, { wrong: checksums === 'wrong' });
  const { sha256 } = checksumsOf(body, { wrong: checksums === 'wrong' || checksums === 'wrong-sha256' });
  return {
    mimeType: mediaType,
    ...shared,
    size: String(body.size),
    md5Checksum: md5,
    sha256Checksum: sha256,
    capabilities: { canDownload },
  };
}

/** `id,capabilities/canDownload` asks for `id` and `capabilities`. */
function topLevel(fields: string): readonly string[] {
  return fields
    .replaceAll(/\([^()]*\)/g, '')
    .split(',')
    .map((name) => name.split('/')[0]?.trim() ?? '');
}
