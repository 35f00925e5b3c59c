import { RowtrailError } from '../../../errors/index.ts';
import type { LinkTargets } from '../../source.ts';
import { linkSplitter } from '../../split-links.ts';
import { webAddress } from '../../web-address.ts';
import { directTarget } from './direct-target.ts';
import { EDITORS } from '../export-formats.ts';
import type { DriveTarget, GoogleTarget } from './target.ts';

const ID = /^[A-Za-z0-9_-]{10,}$/;
const RESOURCE_KEY = /^[A-Za-z0-9_-]{1,80}$/;

/** Login pages and link wrappers carry the real link in one of these parameters. */
const WRAPPERS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^accounts\.google\.com$/, ['continue', 'followup']],
  [/^consent\.google\.com$/, ['continue']],
  // The search engine of any country: google.de, google.co.uk.
  [/^(?:www\.)?google\.(?:com|[a-z]{2}|com?\.[a-z]{2})$/, ['q', 'url']],
];
const MAX_WRAPPERS = 8;

/** Path words that are followed by the kind of thing, in every editor's and Drive's own addresses. */
const KINDS: Readonly<Record<string, GoogleTarget['kind']>> = {
  file: 'file',
  [EDITORS.document.editor]: 'document',
  [EDITORS.spreadsheet.editor]: 'spreadsheet',
  [EDITORS.presentation.editor]: 'presentation',
};

/** How a link of Drive's begins that stands behind another one, also without a scheme. */
const HOST = String.raw`(?:drive|docs|drive\.usercontent)\.google\.com/`;
const splitLinks = linkSplitter({ host: HOST, heldByNone: ';；、，' });
const splitLinksOfAnyHost = linkSplitter({ host: HOST, mayHoldUnseen: true });

export interface LinkOptions {
  /** Whether plain http and https links to files of other hosts are taken too. */
  readonly allowDirectLinks?: boolean | undefined;
}

/** One link of a cell: what it points at, or why it cannot be used. */
export type DriveLink = { readonly target: DriveTarget } | RefusedLink;

export interface RefusedLink {
  readonly link: string;
  readonly error: RowtrailError;
}

/** What a cell points at, with its unusable links in their places; `error` is that of the first when none can be used. */
export type DriveLinks = LinkTargets<DriveTarget> & { readonly links: readonly DriveLink[] };

/**
 * What a Drive link cell points at: every form of link (`/file/d/`, `open`, `uc`, `download`, folders, the editors,
 * with `/u/0/`, without a scheme, inside login redirects), several of them separated by `|`, `;`, white space
 * or a comma before the next one, repeats dropped, in order. Pure; no host is contacted. A link that cannot be used does not stop the others:
 * `foreign_link` for another host, and for another place than the web, `unsupported_link` for what Drive has besides
 * files, `malformed_link` otherwise.
 */
export function parseDriveLinks(cell: string, options: LinkOptions = {}): DriveLinks {
  const links = new Map<string, DriveLink>();
  const split = options.allowDirectLinks === true ? splitLinksOfAnyHost : splitLinks;
  for (const link of split(cell)) {
    const parsed = parseLink(link, options);
    const key = 'target' in parsed ? parsed.target.id : `"${link}"`;
    const known = links.get(key);
    if (known === undefined || addsKey(known, parsed)) links.set(key, parsed);
  }
  if (links.size === 0) {
    const error = new RowtrailError('malformed_link', 'The cell holds no link');
    links.set('', { link: cell, error });
  }
  const found = [...links.values()];
  const targets = found.flatMap((link) => ('target' in link ? [link.target] : []));
  const error = found.map((link) => ('error' in link ? link.error : null)).find((failed) => failed !== null);
  return targets.length === 0 && error !== undefined && error !== null
    ? { targets: [], error, links: found }
    : { targets, error: null, links: found };
}

/** A link that was copied with its resource key opens what the same link without it does not. */
function addsKey(known: DriveLink, other: DriveLink): boolean {
  return (
    'target' in known &&
    'target' in other &&
    known.target.resourceKey === null &&
    other.target.resourceKey !== null
  );
}

function parseLink(link: string, options: LinkOptions): DriveLink {
  try {
    return { target: targetOf(link, options) };
  } catch (error) {
    if (error instanceof RowtrailError) return { link, error };
    throw error;
  }
}

function targetOf(link: string, { allowDirectLinks = false }: LinkOptions): DriveTarget {
  const url = unwrapped(parseUrl(link), link);
  if (!isDriveHost(url)) {
    if (allowDirectLinks) return directTarget(url, shown(link));
    throw new RowtrailError('foreign_link', `Not a Google Drive link: ${shown(link)}`);
  }
  const place = placeOf(url);
  if (place === null) {
    throw new RowtrailError('unsupported_link', `Not a link to a Drive file or folder: ${shown(link)}`);
  }
  if (!ID.test(place.id)) throw new RowtrailError('malformed_link', `No file id in the link: ${shown(link)}`);
  const key = url.searchParams.get('resourcekey') ?? url.searchParams.get('resourceKey');
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
    const names = WRAPPERS.find(([host]) => host.test(inner.hostname))?.[1];
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
function placeOf(url: URL): Pick<GoogleTarget, 'kind' | 'id'> | null {
  // Drive once named its folders behind a `#`.
  const path = url.pathname === '/' ? url.hash.slice(1) : url.pathname;
  const words = plainWords(path.split('/').filter((word) => word !== ''));
  const [first = '', second = '', third = ''] = words;
  const queryId = url.searchParams.get('id') ?? '';
  if (Object.hasOwn(KINDS, first) && second === 'd' && third !== 'e')
    return { kind: KINDS[first] ?? 'file', id: third };
  const folders = words.indexOf('folders');
  if (folders !== -1) return { kind: 'folder', id: words[folders + 1] ?? '' };
  if (['embeddedfolderview', 'folderview'].includes(first)) return { kind: 'folder', id: queryId };
  if (['open', 'leaf'].includes(first)) return { kind: 'any', id: queryId };
  if (['uc', 'download', 'file', 'thumbnail'].includes(first)) return { kind: 'file', id: queryId };
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
