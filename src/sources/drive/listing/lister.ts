import { RowtrailError } from '../../../errors/index.ts';
import { HOST } from '../../../hosts/index.ts';
import type { DriveAccess } from '../access/access.ts';
import type { ApiEntry, ApiFile } from '../api/api-file.ts';
import { type ApiOptions, type ChildrenPage, getFile, listChildren } from '../api/drive-api.ts';
import type { OpenOptions } from '../open-file.ts';
import { reachOf } from '../http/reach.ts';
import type { GoogleTarget } from '../links/target.ts';
import { inTurn, type TurnOptions } from '../turns.ts';
import { fetchFolderPage } from './folder-page.ts';
import type { FolderPage } from './read-folder-page.ts';
import { resolveKind } from './resolve-kind.ts';

/** More than a folder of Drive's can hold, which is half a million, also where pages come with a hundred each. */
const MAX_PAGES = 10_000;
/** A shortcut that leads to a shortcut that leads to a shortcut is somebody's joke. */
const MAX_SHORTCUTS = 5;

export type ListOptions = Pick<OpenOptions, 'client' | 'now'> &
  TurnOptions & { readonly access: DriveAccess | null; readonly allowPrivateAddresses: boolean };

/** Something on Drive that is known by what it is. */
export interface Found {
  readonly target: GoogleTarget;
  /** The owner's name for it where it is known; hostile. */
  readonly name: string;
  /** What the API says of it; null without the API. */
  readonly file: ApiFile | null;
}

/** A way to look at Drive: by its pages, or by its API. */
export interface Lister {
  /** What a target is. @throws RowtrailError when Drive does not say; AbortError */
  resolve(target: GoogleTarget): Promise<Found>;
  /**
   * What is in a folder, a list at a time, in order; entries that are no files are errors in their places.
   * @param path the folders above it
   */
  children(folder: Found, path: readonly GoogleTarget[]): AsyncGenerator<readonly Child[]>;
}

/** An entry of a folder, before it is known where it leads. */
export interface Child {
  /** Null for what the list does not name by an id. */
  readonly target: GoogleTarget | null;
  readonly name: string;
  readonly found: () => Promise<Found>;
}

/** Lists by Drive's pages, for what is shared with everyone. */
export function pageLister(options: ListOptions): Lister {
  const reach = (target: GoogleTarget) => reachOf(target, options.allowPrivateAddresses);
  const open = (target: GoogleTarget): OpenOptions => ({ ...options, headers: {}, reach: reach(target) });
  const known = (target: GoogleTarget, name: string): Found => ({ target, name, file: null });
  const pages = new Map<string, FolderPage>();
  const pageOf = (folder: GoogleTarget) =>
    inTurn(HOST.drive, folder.id, options, () => fetchFolderPage(folder, open(folder)));
  const kindOf = async (target: GoogleTarget) =>
    target.kind === 'any'
      ? inTurn(HOST.drive, target.id, options, () => resolveKind(target, open(target)))
      : target;
  return {
    async resolve(target) {
      const found = await kindOf(target);
      if (found.kind !== 'folder') return known(found, '');
      // Only the page knows the folder's name; it is not fetched a second time for what it lists.
      const page = await pageOf(found);
      pages.set(found.id, page);
      return known(found, page.title);
    },
    async *children({ target: folder }) {
      const { entries } = pages.get(folder.id) ?? (await pageOf(folder));
      pages.delete(folder.id);
      yield entries.map((entry) => ({
        target: entry.target,
        name: entry.name,
        found: async () => {
          if ('otherType' in entry) throw noFile(entry.otherType);
          return known(await kindOf(entry.target), entry.name);
        },
      }));
    },
  };
}

/** Lists by Drive's API, for whatever is shared with the credentials; what they do not open may still be shared with everyone. */
export function apiLister(options: ListOptions & { readonly access: DriveAccess }): Lister {
  const api: ApiOptions = options;
  const pages = pageLister(options);
  const look = async (target: GoogleTarget, depth = 0): Promise<Found> => {
    let entry: ApiEntry;
    try {
      entry = await inTurn(HOST.driveApi, target.id, options, () => getFile(target, api));
    } catch (error) {
      // The API says "not found" of what is not shared with us; the pages tell the two apart.
      if (!(error instanceof RowtrailError) || error.code !== 'not_found') throw error;
      return pages.resolve(target);
    }
    return follow(entry, depth);
  };
  const follow = async (entry: ApiEntry, depth = 0): Promise<Found> => {
    if ('unidentified' in entry)
      throw new RowtrailError(
        'unexpected_page',
        "The folder's list has an entry without an id, so it cannot be asked for: run again",
      );
    if ('otherType' in entry) throw noFile(entry.otherType);
    if ('target' in entry) return { target: entry.target, name: entry.name, file: entry };
    if (depth >= MAX_SHORTCUTS)
      throw new RowtrailError('unsupported_link', 'Shortcuts that lead to shortcuts');
    return look(entry.shortcutTo, depth + 1);
  };
  return {
    resolve: (target) => look(target),
    async *children(found, path) {
      const { target: folder, file } = found;
      if (file === null) {
        yield* pages.children(found, path);
        return;
      }
      // What was in it is there, too, so that its list is empty.
      if (file.isTrashed)
        throw new RowtrailError('not_found', 'The folder is in the trash: ask its owner to restore it');
      const asked = new Set<string | null>();
      let next: string | null = null;
      let isIncomplete = false;
      do {
        const token: string | null = next;
        asked.add(token);
        const page: ChildrenPage = await inTurn(HOST.driveApi, folder.id, options, () =>
          listChildren(folder, path, token, api),
        );
        yield page.entries.map((entry) => ({
          target: targetOf(entry),
          name: entry.name,
          found: () => follow(entry),
        }));
        isIncomplete ||= page.isIncomplete;
        next = page.next;
        if (next !== null && (asked.has(next) || asked.size >= MAX_PAGES))
          throw new RowtrailError('unexpected_page', "The API's list of the folder does not end");
      } while (next !== null);
      if (isIncomplete)
        throw new RowtrailError('unexpected_page', 'The API says that its list of the folder is incomplete');
    },
  };
}

function noFile(type: string): RowtrailError {
  const what = type === '' ? 'What the folder lists here' : `A Google ${type}`;
  return new RowtrailError('unsupported_link', `${what} is no file that could be downloaded`);
}

function targetOf(entry: ApiEntry): GoogleTarget | null {
  if ('unidentified' in entry) return null;
  if ('target' in entry) return entry.target;
  if ('shortcutTo' in entry) return entry.shortcutTo;
  return { kind: 'any', id: entry.id, resourceKey: null };
}
