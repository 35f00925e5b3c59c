import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ItemFailure, ItemKey, ItemResult } from '../../row/index.ts';
import type { Wanted } from './arguments.ts';
import { isHostFailure } from './failure.ts';
import { type PlaylistEntry, scanPlaylist } from './scan-playlist.ts';
import type { YoutubeTarget } from './targets.ts';
import { videoItems, type VideoWork } from './video-items.ts';
import { failedItem, placesOf, wantedOf } from './wanted-items.ts';

/** What is wanted of every target. */
export interface Scope {
  readonly transcriptOnly: boolean;
  readonly done: readonly ItemKey[];
}

/**
 * The items of every target in turn. A video that cannot be had stops no other one; after a refusal of the host as a
 * whole the rest is not asked for and gets that failure.
 * @throws the signal's reason on abort
 */
export async function itemsOf(
  work: VideoWork,
  targets: readonly YoutubeTarget[],
  scope: Scope,
): Promise<readonly ItemResult[]> {
  const { entries, lists } = await entriesOf(work, targets);
  const items: ItemResult[] = [];
  let hostFailure: ItemFailure | null = lists.map(({ failure }) => failure).find(isHostFailure) ?? null;
  let noTranscripts: ItemFailure | null = null;
  for (const [index, { target, failure }] of entries.entries()) {
    const wanted = wantedOf(target, scope);
    const known = failure ?? hostFailure;
    if (known !== null) {
      items.push(...failWanted(target, index, wanted, known));
      continue;
    }
    const got = await videoItems(work, target, { index, wanted, refused: noTranscripts });
    items.push(...got);
    for (const { kind, failure: met } of got) {
      if (!isHostFailure(met)) continue;
      // Transcripts are refused by a door of their own: videos may still come through theirs.
      const all = kind === 'video' || met.cause !== 'too_many_requests';
      if (all) hostFailure = met;
      noTranscripts = met;
    }
  }
  const unread = lists.map(({ target, failure }, n) =>
    failedItem(
      { kind: scope.transcriptOnly ? 'transcript' : 'video', target, position: (entries.length + n) * 2 },
      failure,
    ),
  );
  return [...items, ...unread];
}

/** Every video of the targets once, in order, and the playlists that could not be read to their end. */
async function entriesOf(
  work: VideoWork,
  targets: readonly YoutubeTarget[],
): Promise<{
  readonly entries: readonly PlaylistEntry[];
  readonly lists: readonly { readonly target: YoutubeTarget; readonly failure: ItemFailure }[];
}> {
  const entries = new Map<string, PlaylistEntry>();
  const lists: { target: YoutubeTarget; failure: ItemFailure }[] = [];
  const add = (entry: PlaylistEntry) => {
    if (!entries.has(entry.target.id)) entries.set(entry.target.id, entry);
  };
  for (const target of targets) {
    if (target.kind === 'video') {
      add({ target, failure: null });
      continue;
    }
    const folder = join(work.attemptDir, 'scan');
    await mkdir(folder, { recursive: true });
    const scanned = await scanPlaylist(work.session, target, folder);
    await rm(folder, { recursive: true, force: true });
    scanned.entries.forEach(add);
    if (scanned.failure !== null) lists.push({ target, failure: scanned.failure });
  }
  return { entries: [...entries.values()], lists };
}

function failWanted(
  target: YoutubeTarget,
  index: number,
  wanted: Wanted,
  failure: ItemFailure,
): readonly ItemResult[] {
  const { video, transcript } = placesOf(target, index);
  return [
    ...(wanted.video ? [failedItem(video, failure)] : []),
    ...(wanted.transcript ? [failedItem(transcript, failure)] : []),
  ];
}

/** The same failure for everything that was wanted; a playlist that was never read counts as one item. */
export function failEach(
  targets: readonly YoutubeTarget[],
  scope: Scope,
  failure: ItemFailure,
): readonly ItemResult[] {
  return targets.flatMap((target, index) =>
    failWanted(
      target,
      index,
      target.kind === 'video'
        ? wantedOf(target, scope)
        : { video: !scope.transcriptOnly, transcript: scope.transcriptOnly },
      failure,
    ),
  );
}
