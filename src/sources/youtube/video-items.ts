import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { causeFacts } from '../../errors/index.ts';
import { fileStem, isBucketAddress } from '../../files/index.ts';
import type { ItemResult } from '../../row/index.ts';
import { sidecarFacts } from '../sidecar-facts.ts';
import { believed, enterDoors } from './doors.ts';
import { failureOfError } from './error-failure.ts';
import { type Arrival, type Fetched, fetchVideo } from './fetch-video.ts';
import { isResumable, itemFolder, openItemFolder } from './item-folder.ts';
import { forgetProven, noteProven, provenIn } from './proven.ts';
import { takeOverTranscript, takeOverVideo } from './take-over.ts';
import type { YoutubeTarget } from './targets.ts';
import { arrivedItem } from './arrived-item.ts';
import { MediaTurns, requestedOf } from './media-turns.ts';
import { mediaTypeOf } from './media-types.ts';
import type { VideoWork } from './video-work.ts';
import { failedItem, type ItemPlace, placesOf } from './wanted-items.ts';
import type { Wanted } from './arguments.ts';

/**
 * The wanted items of one video: taken over where an earlier attempt finished them unrecorded, else fetched and put
 * into the download folder. What is behind a door that is shut for now, or cannot be had for good, is not asked for.
 * @throws the signal's reason on abort
 */
export async function videoItems(
  work: VideoWork,
  target: YoutubeTarget,
  { index, wanted }: { readonly index: number; readonly wanted: Wanted },
): Promise<readonly ItemResult[]> {
  const places = placesOf(target, index);
  const wantedPlaces = [places.video, places.transcript].filter(({ kind }) => wanted[kind]);
  const items: ItemResult[] = [];
  try {
    const missing: ItemPlace[] = [];
    // Always in this order, so that no two rows wait for each other.
    await using turns = new MediaTurns(work);
    for (const place of wantedPlaces) {
      const settled = work.settled.of({ kind: place.kind, mediaId: target.id });
      const adoptedItem = await adopted(work, place);
      const archived = adoptedItem === null && settled === null ? await fromArchive(work, place) : null;
      const isOpen = adoptedItem === null && settled === null && archived === null;
      const staged = isOpen ? await fromStaging(work, place) : null;
      const found = adoptedItem ?? staged ?? (isOpen ? await turns.take(place) : null);
      if (found !== null) items.push(found);
      else if (archived !== null) items.push(archived);
      else if (settled !== null) items.push(failedItem(place, settled));
      else missing.push(place);
    }
    if (missing.length > 0) {
      const fetched = await visit(work, target, missing);
      turns.end(fetched);
      items.push(...fetched);
    }
  } catch (error) {
    work.session.signal?.throwIfAborted();
    const failure = failureOfError(error);
    const known = new Set(items.map(({ kind }) => kind));
    items.push(
      ...wantedPlaces.filter(({ kind }) => !known.has(kind)).map((place) => failedItem(place, failure)),
    );
  }
  return items;
}

/** What an earlier attempt proved and could not store; null where there is none, or where it cannot be stored now either. */
async function fromStaging(work: VideoWork, place: ItemPlace): Promise<ItemResult | null> {
  const folder = itemFolder(work.attemptDir, place.target.id, work.media);
  const proven = await provenIn(folder, place.kind);
  if (proven === null) return null;
  const kept = await keep(work, place, { ...proven, failure: null }, proven);
  if (!(await isResumable(folder))) await rm(folder, { recursive: true, force: true });
  return kept;
}

/** Takes an item over from what plain yt-dlp fetched earlier; null where that is not to be had. */
async function fromArchive(work: VideoWork, place: ItemPlace): Promise<ItemResult | null> {
  const { archive, session, media, onNote, attemptDir } = work;
  const { target, kind } = place;
  if (!archive.has(target.id)) return null;
  const folder = await openItemFolder(attemptDir, target.id, media);
  const taken =
    kind === 'transcript'
      ? await takeOverTranscript(archive, target, media, folder)
      : session.ffmpeg === null
        ? null
        : await takeOverVideo(
            archive,
            target,
            media,
            { ...session, ffprobe: session.ffmpeg.ffprobe, env: session, folder },
            onNote,
          );
  const kept =
    taken === null
      ? null
      : await keep(work, place, { ...taken, failure: null }, { title: null, channel: null });
  if (!(await isResumable(folder))) await rm(folder, { recursive: true, force: true });
  return kept;
}

/** Fetches what the doors let through. */
async function visit(
  work: VideoWork,
  target: YoutubeTarget,
  places: readonly ItemPlace[],
): Promise<readonly ItemResult[]> {
  const wants = (kind: keyof Wanted) => places.some((place) => place.kind === kind);
  await using entrance = await enterDoors(
    work.doors,
    { video: wants('video'), transcript: wants('transcript') },
    { work: target.id, signal: work.session.signal },
  );
  const { open, shut } = entrance;
  const left = places.flatMap((place) => {
    const failure = shut[place.kind];
    return failure === null ? [] : [failedItem(place, failure)];
  });
  const letThrough = places.filter((place) => open[place.kind]);
  if (letThrough.length === 0) return left;
  const { items, fetched } = await fetchItems(work, target, letThrough);
  await entrance.end(fetched);
  const told = fetched.unseen === null ? items : await believedItems(work, items);
  await work.settled.note(told);
  return [...left, ...told];
}

/** Items of a video of which YouTube told nothing but why not. */
function believedItems({ doors }: VideoWork, items: readonly ItemResult[]): Promise<readonly ItemResult[]> {
  return Promise.all(
    items.map(async (item) =>
      item.failure === null ? item : { ...item, failure: await believed(doors.page, item.failure) },
    ),
  );
}

async function adopted(work: VideoWork, { kind, target, position }: ItemPlace): Promise<ItemResult | null> {
  const { output, row, generation, session } = work;
  const stored = await output.findStored({
    row,
    stem: fileStem(target.id, row),
    kind,
    mediaId: target.id,
    generation,
    signal: session.signal,
  });
  if (stored === null) return null;
  const title = (await output.readSidecar(stored.metadataFile))?.title ?? null;
  return arrivedItem({ kind, target, position }, stored, title);
}

async function fetchItems(
  work: VideoWork,
  target: YoutubeTarget,
  places: readonly ItemPlace[],
): Promise<{ readonly items: readonly ItemResult[]; readonly fetched: Fetched }> {
  const folder = await openItemFolder(work.attemptDir, target.id, work.media);
  const wants = (kind: ItemPlace['kind']) => places.some((place) => place.kind === kind);
  const fetched = await fetchVideo(work.session, {
    target,
    wanted: { video: wants('video'), transcript: wants('transcript') },
    media: work.media,
    folder,
    onProgress: (progress) =>
      work.onProgress({ rowId: work.row.rowId, downloadType: 'youtube', label: target.id, ...progress }),
  });
  const items: ItemResult[] = [];
  for (const place of places) {
    const arrival = place.kind === 'video' ? fetched.video : fetched.transcript;
    if (arrival !== null) items.push(await keep(work, place, arrival, fetched));
  }
  const tryAgain = items.some(
    ({ failure }) => failure !== null && causeFacts(failure.cause).verdict !== 'never',
  );
  if (!tryAgain || !(await isResumable(folder))) await rm(folder, { recursive: true, force: true });
  return { items, fetched };
}

/** Puts what arrived into the download folder. */
async function keep(
  work: VideoWork,
  place: ItemPlace,
  arrival: Arrival,
  fetched: Pick<Fetched, 'title' | 'channel'>,
): Promise<ItemResult> {
  if (arrival.failure !== null) return failedItem(place, arrival.failure, fetched.title);
  const { kind, target, position } = place;
  const { output, row, session, generation, keeping } = work;
  const { path, extension } = arrival;
  const folder = dirname(path);
  const mayTakeLong = isBucketAddress(output.address);
  try {
    const { title, channel } = fetched;
    const sha256 = mayTakeLong
      ? await noteProven(folder, kind, { path, extension, title, channel })
      : undefined;
    const stored = await output.storeItem({
      row,
      stem: fileStem(target.id, row),
      staged: [{ path, extension, ...(sha256 === undefined ? {} : { sha256 }) }],
      sidecar: {
        kind,
        mediaId: target.id,
        position,
        sourceUrl: target.url,
        title: fetched.title,
        channel: fetched.channel,
        mediaTypes: [mediaTypeOf(extension)],
        tools: {
          'yt-dlp': session.ytDlp.version,
          ...(kind === 'video' && session.ffmpeg !== null ? { ffmpeg: session.ffmpeg.version } : {}),
        },
        generation,
        ...sidecarFacts(keeping),
        requested: requestedOf(kind, work.media),
      },
      identity: keeping?.identity,
      now: new Date(),
      signal: session.signal,
    });
    if (mayTakeLong) await forgetProven(folder, kind);
    return arrivedItem(place, stored, fetched.title);
  } catch (error) {
    session.signal?.throwIfAborted();
    return failedItem(place, failureOfError(error), fetched.title);
  }
}
