import type { ItemFailure, ItemKey, ItemKind, ItemResult } from '../../row/index.ts';
import { itemKey } from '../../row/index.ts';
import type { Wanted } from './arguments.ts';
import type { YoutubeTarget } from './targets.ts';

/** Names one item of a download before anything is known of it. */
export interface ItemPlace {
  readonly kind: keyof Wanted;
  readonly target: YoutubeTarget;
  readonly position: number;
}

/** The places of a video's two items; a transcript keeps its position whether or not the video is wanted. */
export function placesOf(target: YoutubeTarget, index: number): { video: ItemPlace; transcript: ItemPlace } {
  return {
    video: { kind: 'video', target, position: index * 2 },
    transcript: { kind: 'transcript', target, position: index * 2 + 1 },
  };
}

/** Which of a video's items are still to be fetched. */
export function wantedOf(
  target: YoutubeTarget,
  { transcriptOnly, done }: { readonly transcriptOnly: boolean; readonly done: readonly ItemKey[] },
): Wanted {
  const isDone = (kind: ItemKind) =>
    done.some((key) => itemKey(key) === itemKey({ kind, mediaId: target.id }));
  return { video: !transcriptOnly && !isDone('video'), transcript: !isDone('transcript') };
}

/** An item that did not arrive. */
export function failedItem(
  { kind, target, position }: ItemPlace,
  failure: ItemFailure,
  title: string | null = null,
): ItemResult {
  return {
    kind,
    position,
    // A playlist is no medium: its id names nothing that could arrive.
    mediaId: target.kind === 'video' ? target.id : null,
    title,
    sourceUrl: target.url,
    files: [],
    metadataFile: null,
    failure,
  };
}
