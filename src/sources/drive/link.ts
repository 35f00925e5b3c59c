import { RowtrailError } from '../../errors/index.ts';
import type { LinkTargets } from '../source.ts';
import { webAddress } from '../web-address.ts';
import { type DriveKind, type DriveTarget, EXPORTS } from './target.ts';

const ID = /^[A-Za-z0-9_-]{10,}$/;
const RESOURCE_KEY = /^[A-Za-z0-9_-]{1,80}$/;

/** Login pages and link wrappers carry the real link in one of these parameters. */
const WRAPPERS: Readonly<Record<string, readonly string[]>> = {
  'accounts.google.com': ['continue', 'followup'],
  'www.google.com': ['q', 'url'],
};
const MAX_WRAPPERS = 4;

/** Path words that are followed by the kind of thing, in every editor's and Drive's own addresses. */
const KINDS: Readonly<Record<string, DriveKind>> = {
  file: 'file',
  [EXPORTS.document.editor]: 'document',
  [EXPORTS.spreadsheet.editor]: 'spreadsheet',
  [EXPORTS.presentation.editor]: 'presentation',
};

/**
 * What a Drive link cell points at: every form of link (`/file/d/`, `open`, `uc`, `download`, folders, the editors,
 * with `/u/0/`, without a scheme, inside a login redirect), several of them separated by `|`, `;` or white space,
 * repeats dropped, in order. Pure; no host is contacted. One link that cannot be used makes the cell an error that
 * names it: `foreign_link` for another host, and for another place than the web, `unsupported_link` for what Drive has
 * besides files, `malformed_link` otherwise.
 */
export function parseDriveLinks(cell: string): LinkTargets<DriveTarget> {
  const targets = new Map<string, DriveTarget>();
  try {
    for (const link of cell.split(/[|;\s]+/u)) {
      const trimmed = link.replace(/^[<"']+/, '').replace(/[>"',]+$/, '');
      if (trimmed === '') continue;
      const target = parseLink(trimmed);
      const known = targets.get(target.id);
      if (known === undefined || (known.resourceKey === null && target.resourceKey !== null)) {
        targets.set(target.id, target);
      }
    }
    if (targets.size === 0) throw new RowtrailError('malformed_link', 'The cell holds no link');
  } catch (error) {
    if (error instanceof RowtrailError) return { targets: [], error };
    throw error;
  }
  return { targets: [...targets.values()], error: null };
}

function parseLink(link: string): DriveTarget {
  const url = unwrapped(parseUrl(link), link);
  if (!isDriveHost(url)) throw new RowtrailError('foreign_link', `Not a Google Drive link: ${shown(link)}`);
  const place = placeOf(url);
  if (place === null) {
    throw new RowtrailError('unsupported_link', `Not a link to a Drive file or folder: ${shown(link)}`);
  }
  if (!ID.test(place.id)) throw new RowtrailError('malformed_link', `No file id in the link: ${shown(link)}`);
  const key = url.searchParams.get('resourcekey');
  return { ...place, resourceKey: key !== null && RESOURCE_KEY.test(key) ? key : null };
}

function parseUrl(link: string): URL {
  const url = webAddress(link);
  if (url === 'malformed_link') throw new RowtrailError(url, `Not a link: ${shown(link)}`);
  if (url === 'foreign_link') throw new RowtrailError(url, `Not a Google Drive link: ${shown(link)}`);
  return url;
}

function unwrapped(url: URL, link: string): URL {
  let inner = url;
  for (let n = 0; n < MAX_WRAPPERS; n += 1) {
    const names = WRAPPERS[inner.hostname];
    if (names === undefined) return inner;
    const next = names
      .map((name) => inner.searchParams.get(name))
      .find((value) => value !== null && value !== '');
    if (next === undefined || next === null) break;
    inner = parseUrl(next);
  }
  throw new RowtrailError('malformed_link', `No Drive link inside the link: ${shown(link)}`);
}

function isDriveHost({ port, hostname }: URL): boolean {
  const hosts = ['drive.google.com', 'docs.google.com', 'drive.usercontent.google.com'];
  return port === '' && hosts.includes(hostname);
}

/** The kind and the id, still unchecked, that an address names; null for addresses of anything else. */
function placeOf(url: URL): { readonly kind: DriveKind; readonly id: string } | null {
  const words = plainWords(url.pathname.split('/').filter((word) => word !== ''));
  const [first = '', second = '', third = ''] = words;
  const queryId = url.searchParams.get('id') ?? '';
  if (Object.hasOwn(KINDS, first) && second === 'd' && third !== 'e')
    return { kind: KINDS[first] ?? 'file', id: third };
  const folders = words.indexOf('folders');
  if (folders !== -1) return { kind: 'folder', id: words[folders + 1] ?? '' };
  if (['embeddedfolderview', 'folderview'].includes(first)) return { kind: 'folder', id: queryId };
  if (['open', 'leaf'].includes(first)) return { kind: 'any', id: queryId };
  if (['uc', 'download', 'file'].includes(first)) return { kind: 'file', id: queryId };
  return null;
}

/** Without what names the reader's account (`u/0`) or domain (`a/example.org`). */
function plainWords(words: readonly string[]): readonly string[] {
  const at = words.findIndex(
    (word, i) => (word === 'u' && /^\d+$/.test(words[i + 1] ?? '')) || (word === 'a' && i === 0),
  );
  return at === -1 ? words : plainWords(words.toSpliced(at, 2));
}

function shown(link: string): string {
  return link.length > 120 ? `${link.slice(0, 120)}…` : link;
}
