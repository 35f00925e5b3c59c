import { fileStem, type MediumTurn } from '../../files/index.ts';
import type { ItemResult } from '../../row/index.ts';
import { sidecarFacts } from '../sidecar-facts.ts';
import { arrivedItem } from './arrived-item.ts';
import type { MediaRequest } from './request.ts';
import type { VideoWork } from './video-work.ts';
import type { ItemPlace } from './wanted-items.ts';

/** What is asked for of a medium, so that only a copy of the very form stands in for it. */
export function requestedOf(kind: ItemPlace['kind'], media: MediaRequest): string {
  const { format, resolution, transcriptFormat, subLangs } = media;
  return kind === 'video' ? `${format} ${resolution ?? 'best'}` : `${transcriptFormat} ${subLangs.join(',')}`;
}

/** One video's turns at its media: while it holds them, other rows that want the same wait. All end with the block that made it. */
export class MediaTurns implements AsyncDisposable {
  readonly #work: VideoWork;
  readonly #held = new Map<ItemPlace['kind'], MediumTurn>();

  constructor(work: VideoWork) {
    this.#work = work;
  }

  /**
   * The item from another row's copy, or null: then it is to be fetched, and others wait for it.
   * @throws the signal's reason on abort
   */
  async take(place: ItemPlace): Promise<ItemResult | null> {
    const { keeping, row, generation, session, media, output, attemptDir } = this.#work;
    const shared = keeping?.media ?? null;
    if (keeping === undefined || shared === null) return null;
    const { kind, target, position } = place;
    const key = { kind, mediaId: target.id, requested: requestedOf(kind, media) };
    const turn = await shared.take(key, { rowId: row.rowId, generation }, session.signal);
    this.#held.set(kind, turn);
    if (turn.copy === null) return null;
    const stored = await output.storeCopy({
      copy: turn.copy,
      stagingDir: async () => attemptDir,
      row,
      stem: fileStem(target.id, row),
      own: {
        kind,
        mediaId: target.id,
        position,
        sourceUrl: target.url,
        generation,
        ...sidecarFacts(keeping),
      },
      identity: keeping.identity,
      share: shared.share,
      now: new Date(),
      signal: session.signal,
    });
    if (stored === null) return null;
    const item = arrivedItem(place, stored, turn.copy.sidecar.title);
    this.end([item]);
    return item;
  }

  /** Lets the others go on, with what arrived. */
  end(items: readonly ItemResult[]): void {
    for (const { kind, metadataFile, failure } of items) {
      if (kind === 'file') continue;
      const hasArrived = failure === null && metadataFile !== null;
      this.#held
        .get(kind)
        ?.end(hasArrived ? { folder: this.#work.output.address, file: metadataFile } : null);
      this.#held.delete(kind);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const turn of this.#held.values()) turn.end(null);
    this.#held.clear();
  }
}
