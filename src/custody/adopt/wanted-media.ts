import type { DownloadType } from '../../row/index.ts';
import { isVideoId, parseDriveLinks, parseYoutubeLinks, viewUrl } from '../../sources/index.ts';
import type { RowSaid } from '../findings.ts';

/** A row that has a medium in its link. */
export interface Owner {
  readonly rowId: string;
  /** The medium's place among those that the link names, from 0; null where a list holds it. */
  readonly index: number | null;
  /** As a person opens it; null where only the id is known. */
  readonly url: string | null;
}

/** What a row's link cell asks for. */
interface Wanted {
  /** What it names by itself, in order. */
  readonly media: readonly { readonly id: string; readonly url: string }[];
  /** Playlists or folders. */
  readonly lists: readonly string[];
}

/** Which rows ask for which medium, by their links alone. No host is contacted. */
export class WantedMedia {
  readonly #wanted: Readonly<Record<DownloadType, Map<string, Wanted>>> = {
    youtube: new Map(),
    drive: new Map(),
  };
  readonly #owners: Readonly<Record<DownloadType, Map<string, Owner[]>>> = {
    youtube: new Map(),
    drive: new Map(),
  };
  readonly #listOwners = new Map<string, string[]>();
  /** Lengths of Drive's ids, the longest first. */
  readonly #lengths: readonly number[];

  constructor(rows: ReadonlyMap<string, RowSaid>) {
    for (const [rowId, { downloads }] of rows)
      for (const type of ['youtube', 'drive'] as const) {
        const { link } = downloads[type];
        if (link !== '') this.#add(rowId, type, wantedBy(link, type));
      }
    this.#lengths = [...new Set([...this.#owners.drive.keys()].map((id) => id.length))].toSorted(
      (a, b) => b - a,
    );
  }

  #add(rowId: string, type: DownloadType, wanted: Wanted): void {
    this.#wanted[type].set(rowId, wanted);
    for (const [index, { id, url }] of wanted.media.entries())
      put(this.#owners[type], id, { rowId, index, url });
    if (type === 'youtube') for (const list of wanted.lists) put(this.#listOwners, list, rowId);
  }

  /** The rows whose links name a medium. */
  owners(type: DownloadType, mediaId: string): readonly Owner[] {
    return this.#owners[type].get(mediaId) ?? [];
  }

  /** The rows whose links name a playlist. */
  ownersOfList(playlistId: string): readonly string[] {
    return this.#listOwners.get(playlistId) ?? [];
  }

  /** What a row's link names by itself, in order. */
  mediaOf(rowId: string, type: DownloadType): readonly string[] {
    return this.#wanted[type].get(rowId)?.media.map(({ id }) => id) ?? [];
  }

  /** The playlists or folders in a row's link. */
  listsOf(rowId: string, type: DownloadType): readonly string[] {
    return this.#wanted[type].get(rowId)?.lists ?? [];
  }

  /** Ids of Drive that stand in a name, set apart from other letters and digits. */
  driveIdsIn(name: string): readonly string[] {
    const found = new Set<string>();
    for (const length of this.#lengths)
      for (let at = 0; at + length <= name.length; at++) {
        const id = name.slice(at, at + length);
        if (!this.#owners.drive.has(id)) continue;
        const isApart = [name[at - 1], name[at + length]].every((char) => !/[A-Za-z0-9]/.test(char ?? ''));
        if (isApart) found.add(id);
      }
    return [...found];
  }
}

function wantedBy(link: string, type: DownloadType): Wanted {
  if (type === 'youtube') {
    const { targets } = parseYoutubeLinks(link);
    return {
      media: targets.filter(({ kind, id }) => kind === 'video' && isVideoId(id)),
      lists: targets.filter(({ kind }) => kind === 'playlist').map(({ id }) => id),
    };
  }
  const { targets } = parseDriveLinks(link);
  return {
    media: targets
      .filter(({ kind }) => kind !== 'folder')
      .map((target) => ({ id: target.id, url: viewUrl(target) })),
    lists: targets.filter(({ kind }) => kind === 'folder').map(({ id }) => id),
  };
}

function put<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
