import type { DownloadType, ItemKind } from '../../row/index.ts';
import { idsIn, isVideoId } from '../../sources/index.ts';
import type { VideoInfoFile } from './info-file.ts';
import { type LeftAlone, leftAlone } from './left-alone.ts';
import type { Leaving, Leavings } from './leavings.ts';
import type { SaidRow } from './row-said.ts';
import type { WantedMedia } from './wanted-media.ts';

/** What a file is a file of. */
export interface MediumSaid {
  readonly downloadType: DownloadType;
  readonly mediaId: string;
  /** Null where only its name can tell. */
  readonly kind: ItemKind | null;
  readonly info: VideoInfoFile | null;
  /** The name under which its bytes are on record, where they say what it is: its own may be anything by now. */
  readonly recordedName?: string;
}

/**
 * Which video or file of Drive it is: by the sidecar that lists it, by yt-dlp's info file, by an id in its name, or because the row that
 * it belongs to has no other. Null where nothing says it. Pure.
 */
export function mediumOf(
  file: Leaving,
  said: SaidRow | null,
  { infos, folder }: Pick<Leavings, 'infos' | 'folder'>,
  wanted: WantedMedia,
): MediumSaid | LeftAlone | null {
  const { kind = null, mediaId = null, downloadType = null } = said?.listing?.sidecar ?? {};
  if (mediaId !== null && downloadType !== null) return { downloadType, mediaId, kind, info: null };
  const info = infoOf(file, { infos, folder });
  if (info?.kind === 'other')
    return leftAlone(file.path, 'no_row', 'Its info file is none of a video of YouTube.');
  const named = idsOf(file, said, wanted);
  const ids = info === null ? named : named.filter(({ mediaId: id }) => id !== info.id);
  if (ids.length > (info === null ? 1 : 0)) {
    const all = [...(info === null ? [] : [info.id]), ...ids.map((each) => each.mediaId)];
    return leftAlone(file.path, 'contradiction', `It may be ${all.join(' or ')}.`, said?.rowId ?? null);
  }
  if (info !== null) return { downloadType: 'youtube', mediaId: info.id, kind: null, info };
  const [only] = ids;
  if (only !== undefined) return { ...only, kind: null, info: null };
  return said === null ? null : onlyMediumOf(file, said, wanted);
}

/** The info file of the longest stem that the name begins with. */
function infoOf({ path }: Leaving, { infos, folder }: Pick<Leavings, 'infos' | 'folder'>) {
  for (let at = path.lastIndexOf('.'); at > folder.length; at = path.lastIndexOf('.', at - 1)) {
    const found = infos.get(path.slice(0, at));
    if (found !== undefined) return found.info;
  }
  return null;
}

/** Ids in a name that some row asks for; of a file whose row has a playlist whatever stands where an id does. */
function idsOf({ name }: Leaving, said: SaidRow | null, wanted: WantedMedia) {
  const inList = said !== null && wanted.listsOf(said.rowId, 'youtube').length > 0;
  const before = /^(.{11})_row/.exec(name)?.[1];
  const marked = [...bracketedIds(name), ...(isVideoId(before) ? [before] : [])];
  const known = [...idsIn(name), ...marked].filter((id) => wanted.owners('youtube', id).length > 0);
  const videos = new Set(inList ? [...marked, ...known] : known);
  return [
    ...[...videos].map((mediaId) => ({ downloadType: 'youtube' as const, mediaId })),
    ...wanted.driveIdsIn(name).map((mediaId) => ({ downloadType: 'drive' as const, mediaId })),
  ];
}

/** As yt-dlp names files today. */
function bracketedIds(name: string): readonly string[] {
  return [...name.matchAll(/\[([A-Za-z0-9_-]{11})\]/g)].flatMap((match) => match[1] ?? []);
}

/** Folders of this name hold what their type says. */
const USUAL_FOLDERS: Readonly<Record<string, DownloadType>> = {
  youtube_downloads: 'youtube',
  drive_downloads: 'drive',
};

function onlyMediumOf(file: Leaving, said: SaidRow, wanted: WantedMedia): MediumSaid | LeftAlone {
  const { path, folders } = file;
  const { rowId } = said;
  const hinted = new Set(folders.flatMap((name) => USUAL_FOLDERS[name] ?? []));
  const [hint] = hinted.size === 1 ? hinted : [];
  const type = said.downloadType ?? hint;
  const types = (['youtube', 'drive'] as const).filter(
    (each) =>
      (type === undefined || type === each) &&
      wanted.mediaOf(rowId, each).length + wanted.listsOf(rowId, each).length > 0,
  );
  const [only, another] = types;
  if (only === undefined)
    return leftAlone(path, 'not_in_link', `It is of row ${rowId}, which has no such link.`, rowId);
  const [mediaId, next] = wanted.mediaOf(rowId, only);
  const isOne = another === undefined && next === undefined && wanted.listsOf(rowId, only).length === 0;
  if (mediaId === undefined || !isOne)
    return leftAlone(
      path,
      'which_medium',
      `It is of row ${rowId}, whose links lead to several: put the id into its name.`,
      rowId,
    );
  // A file of Drive may bear a video's id, too, because its owner had it from there; then something has to say that it is Drive's.
  const isVideo = only === 'youtube' || type === undefined;
  const [other] = isVideo ? bracketedIds(file.name).filter((id) => id !== mediaId) : [];
  if (other !== undefined)
    return leftAlone(
      path,
      'not_in_link',
      `It is ${other}, which the link of row ${rowId} does not have.`,
      rowId,
    );
  return { downloadType: only, mediaId, kind: null, info: null };
}
