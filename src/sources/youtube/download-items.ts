import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pausedFailure } from '../../hosts/index.ts';
import type { ItemFailure, ItemKey, ItemResult } from '../../row/index.ts';
import type { Wanted } from './arguments.ts';
import { believed } from './doors.ts';
import { type PlaylistEntry, type ScannedPlaylist, scanPlaylist } from './scan-playlist.ts';
import type { YoutubeTarget } from './targets.ts';
import { videoItems } from './video-items.ts';
import type { VideoWork } from './video-work.ts';
import { failedItem, placesOf, wantedOf } from './wanted-items.ts';

/** What is wanted of every target. */
export interface Scope {
  readonly transcriptOnly: boolean;
  readonly done: readonly ItemKey[];
}

/**
 * The items of every target in turn, each with a turn of its own at YouTube. A video that cannot be had stops no other
 * one; after a refusal of the host as a whole the rest is not asked for and gets that failure.
 * @throws the signal's reason on abort
 */
export async function itemsOf(
  work: VideoWork,
  targets: readonly YoutubeTarget[],
  scope: Scope,
): Promise<readonly ItemResult[]> {
  const { entries, lists } = await entriesOf(work, targets);
  const items: ItemResult[] = [];
  for (const [index, { target, failure }] of entries.entries()) {
    const wanted = wantedOf(target, scope);
    if (failure === null) items.push(...(await videoItems(work, target, { index, wanted })));
    else items.push(...failWanted(target, index, wanted, failure));
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
    const scanned = await scan(work, target);
    scanned.entries.forEach(add);
    if (scanned.failure !== null) lists.push({ target, failure: scanned.failure });
  }
  return { entries: [...entries.values()], lists };
}

/** Lists a playlist, in a turn of its own. */
async function scan(
  { session, doors, attemptDir }: VideoWork,
  target: YoutubeTarget,
): Promise<ScannedPlaylist> {
  const { page } = doors;
  await using turn = await page.enter({ work: target.id, signal: session.signal, pauses: 'leave' });
  if (turn === null) return { entries: [], failure: await pausedFailure(page) };
  const folder = join(attemptDir, 'scan');
  await mkdir(folder, { recursive: true });
  const scanned = await scanPlaylist(session, target, folder);
  await rm(folder, { recursive: true, force: true });
  await turn.end(scanned.failure);
  return scanned.failure === null ? scanned : { ...scanned, failure: await believed(page, scanned.failure) };
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
