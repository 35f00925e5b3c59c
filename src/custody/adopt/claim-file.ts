import { basename } from 'node:path';
import { splitExtension, stemOfSidecar } from '../../files/index.ts';
import type { DownloadType, ItemKind } from '../../row/index.ts';
import { formatOfName, isAudioFormat, type MediaRequest } from '../../sources/index.ts';
import type { World } from '../world.ts';
import type { VideoInfoFile } from './info-file.ts';
import { type LeftAlone, leftAlone } from './left-alone.ts';
import type { Leaving, Leavings, ReadSidecar } from './leavings.ts';
import { type MediumSaid, mediumOf } from './medium-of-file.ts';
import { type CellNames, rowSaidOf, type SaidRow } from './row-said.ts';
import type { Owner, WantedMedia } from './wanted-media.ts';

/** A file that is one of a row's, or of several rows'. */
export interface FileClaim {
  readonly file: Leaving;
  readonly downloadType: DownloadType;
  readonly kind: ItemKind;
  readonly mediaId: string;
  readonly owners: readonly Owner[];
  /** The row that a sidecar or a cell names. */
  readonly saidRow: string | null;
  /** Of rowtrail, listing the file or one of the same bytes. */
  readonly listing: ReadSidecar | null;
  readonly info: VideoInfoFile | null;
  /** What follows the stem in the name that it gets. */
  readonly extension: string;
  /** How many better languages of a transcript there could be. */
  readonly after: number;
}

/** What claims are made from. */
export interface Known {
  readonly leavings: Leavings;
  readonly world: World;
  readonly wanted: WantedMedia;
  readonly cells: CellNames;
  readonly media: MediaRequest;
}

/** Whose file it is and of what, or why it is left alone. Pure. */
export function claimFile(file: Leaving, known: Known): FileClaim | LeftAlone {
  const { leavings, world, wanted, cells } = known;
  if (/\.(?:part|ytdl|tmp|crdownload)$|\.part-Frag\d+$/i.test(file.name))
    return leftAlone(file.path, 'unfinished', 'Its download was not brought to its end.');
  const said = rowSaidOf(file, leavings, world, cells);
  if (said !== null && 'reason' in said) return said;
  const medium = mediumOf(file, said, leavings, wanted);
  if (medium === null)
    return leftAlone(file.path, 'no_evidence', 'No sidecar, no info file and no id says whose it is.');
  return 'reason' in medium ? medium : claimOf(file, said, medium, known);
}

/** The claim of a file whose medium is known. Pure. */
export function claimOf(
  file: Leaving,
  said: SaidRow | null,
  medium: MediumSaid,
  { wanted, media }: Pick<Known, 'wanted' | 'media'>,
): FileClaim | LeftAlone {
  const { path } = file;
  const { downloadType, mediaId, info } = medium;
  const owners = ownersOf(said, medium, wanted);
  const rowId = said?.rowId ?? null;
  if (rowId !== null && !owners.some((owner) => owner.rowId === rowId))
    return leftAlone(
      path,
      'not_in_link',
      `It is ${mediaId}, which the link of row ${rowId} does not have.`,
      rowId,
    );
  if (owners.length === 0) return leftAlone(path, 'no_row', `It is ${mediaId}, which no row's link has.`);
  const form = formOf(file, said, medium, media);
  if ('reason' in form) return form;
  return {
    file,
    downloadType,
    mediaId,
    owners,
    saidRow: rowId,
    listing: said?.listing ?? null,
    info,
    ...form,
  };
}

/** By their links; and those whose playlist or folder it came from, by what stands beside it. */
function ownersOf(
  said: SaidRow | null,
  { downloadType, mediaId, info }: MediumSaid,
  wanted: WantedMedia,
): readonly Owner[] {
  const owners = new Map(wanted.owners(downloadType, mediaId).map((owner) => [owner.rowId, owner]));
  const inList = (rowId: string) => {
    if (!owners.has(rowId)) owners.set(rowId, { rowId, index: null, url: null });
  };
  if (downloadType === 'youtube' && info?.playlistId) wanted.ownersOfList(info.playlistId).forEach(inList);
  if (said !== null && wanted.listsOf(said.rowId, downloadType).length > 0) inList(said.rowId);
  return [...owners.values()];
}

type Form = Pick<FileClaim, 'kind' | 'extension' | 'after'>;

function formOf(
  file: Leaving,
  said: SaidRow | null,
  medium: MediumSaid,
  media: MediaRequest,
): Form | LeftAlone {
  const { path, name } = file;
  const own = said?.listing;
  if (own && medium.kind !== null) {
    if (own.sidecar.files.length > 1)
      return leftAlone(path, 'several_files', 'Its sidecar lists several files for one item.', said.rowId);
    const stem = stemOfSidecar(basename(own.path)).replace(/\.transcript$/, '');
    const extension = name.startsWith(`${stem}.`) ? name.slice(stem.length) : splitExtension(name).extension;
    return { kind: medium.kind, extension, after: 0 };
  }
  if (medium.kind !== null)
    return { kind: medium.kind, extension: extensionFor(medium.kind, medium.recordedName ?? name), after: 0 };
  if (medium.downloadType === 'drive')
    return { kind: 'file', extension: splitExtension(name).extension, after: 0 };
  if (/\.f\d{2,4}(?:-[\w-]+)?\.[a-z0-9]{2,4}$/i.test(name) || /\.temp\.[a-z0-9]{2,4}$/i.test(name))
    return leftAlone(
      path,
      'unfinished',
      'It is a part of a video, which was not put together with the others.',
    );
  return transcriptForm(file, media) ?? videoForm(file, media);
}

function videoForm({ path, name }: Leaving, media: MediaRequest): Form | LeftAlone {
  const format = formatOfName(name);
  if (format === null)
    return leftAlone(path, 'not_kept', 'It has no form in which a video or its transcript is kept.');
  if (isAudioFormat(format) !== isAudioFormat(media.format))
    return leftAlone(
      path,
      'not_kept',
      isAudioFormat(format)
        ? 'It is the sound alone: with --format m4a it is taken.'
        : 'It has a picture, and the sound alone is asked for.',
    );
  return { kind: 'video', extension: `.${format}`, after: 0 };
}

/** Null for what is no transcript by its name. */
function transcriptForm({ path, name }: Leaving, media: MediaRequest): Form | LeftAlone | null {
  const { base, extension } = splitExtension(name);
  if (!/^\.(?:vtt|srt)$/i.test(extension)) return null;
  if (extension !== `.${media.transcriptFormat}`)
    return leftAlone(path, 'not_kept', `Transcripts are kept as ${media.transcriptFormat}.`);
  const language = /\.([A-Za-z0-9]{1,12}(?:-[A-Za-z0-9]{1,12}){0,4})$/.exec(base)?.[1];
  const at = language === undefined ? media.subLangs.length : media.subLangs.indexOf(language);
  if (at < 0) return leftAlone(path, 'not_kept', `Its language is none of ${media.subLangs.join(', ')}.`);
  return {
    kind: 'transcript',
    extension: language === undefined ? extension : `.${language}${extension}`,
    after: at,
  };
}

/** What a file found by its bytes keeps of its name. */
function extensionFor(kind: ItemKind, name: string): string {
  const { base, extension } = splitExtension(name);
  return kind === 'transcript' ? splitExtension(base).extension + extension : extension;
}
