import type { HTMLElement } from 'node-html-parser';
import { RowtrailError } from '../../../errors/index.ts';
import { otherTypeOf } from '../api/api-file.ts';
import { editorKind } from '../export-formats.ts';
import { parseDriveLinks } from '../links/link.ts';
import { ask, type OpenOptions, pageText } from '../open-file.ts';
import { pageFailure } from '../verdicts/page.ts';
import { parsePage } from '../verdicts/parse-page.ts';
import { redirected } from '../http/reach.ts';
import { statusFailure } from '../verdicts/status-failure.ts';
import { folderUrl, type GoogleTarget } from '../links/target.ts';

const MAX_HOPS = 10;
/** An entry has about 600 bytes; a hundred thousand of them are more than a page of Drive's ever shows. */
const MAX_PAGE_BYTES = 64 << 20;
/** What the entries stand in. */
const LIST = '.flip-entries, .flip-list, .flip-entry';
const SHORTCUT = 'application/vnd.google-apps.shortcut';

/** An entry of a folder's page; null as its target where the page does not name it by an id. */
export type PageEntry =
  | { readonly target: GoogleTarget; readonly name: string }
  | {
      readonly target: GoogleTarget | null;
      /** The owner's name for it; hostile. */
      readonly name: string;
      /** What it is instead of a file or folder: a form, a map; empty where the page does not say. */
      readonly otherType: string;
    };

export interface FolderPage {
  readonly title: string;
  readonly entries: readonly PageEntry[];
}

/** The page that lists a public folder. @throws RowtrailError with the cause that stands in its way; AbortError */
export async function fetchFolderPage(folder: GoogleTarget, options: OpenOptions): Promise<FolderPage> {
  let url = folderUrl(folder);
  for (let hop = 0; hop <= MAX_HOPS; hop += 1) {
    const answer = await ask(url, options);
    if (answer.status >= 300 && answer.status < 400) {
      await answer.body.dump();
      url = redirected(answer.headers.get('location'), url, options.reach);
      continue;
    }
    const body = await pageText(answer, options, MAX_PAGE_BYTES);
    if (answer.status === 200) {
      if (body.length < MAX_PAGE_BYTES / 2) return readFolderPage(body, options.now());
      throw new RowtrailError('unexpected_page', "The folder's page is too long to be read");
    }
    const retryAfter = answer.headers.get('retry-after');
    throw await statusFailure({ status: answer.status, retryAfter, body }, options.now());
  }
  throw new RowtrailError('unexpected_page', `More than ${MAX_HOPS} redirects came instead of the folder`);
}

/**
 * What a folder's page lists, in its order, also what is neither a file nor a folder (a form, a map).
 * @throws RowtrailError with the cause that the page names when it is no folder's page
 */
export async function readFolderPage(html: string, now: Date): Promise<FolderPage> {
  const page = await parsePage(html);
  const list = page.querySelector(LIST);
  if (list === null) throw pageFailure(page, now);
  if (!isClosed(list, html) && !/<\/html>\s*$/i.test(html))
    throw new RowtrailError('unexpected_page', "The folder's page breaks off within its list: run again");
  const entries = page.querySelectorAll('a[href]').flatMap((link): PageEntry[] => {
    // Pages have other links, too: to sign in, and back to the folder.
    if (link.closest(LIST) === null) return [];
    const [target] = parseDriveLinks(link.getAttribute('href') ?? '').targets;
    const mediaType = mediaTypeOf(link.querySelector('img')?.getAttribute('src') ?? '');
    const name = (link.querySelector('.flip-entry-title') ?? link).text.trim();
    if (target === undefined || target.kind === 'direct') {
      const entry = link.closest('.flip-entry');
      return entry === null ? [] : [{ target: targetOf(entry), name, otherType: otherTypeOf(mediaType) }];
    }
    // Documents of the editors are linked like files; only the picture beside the name tells them apart.
    const kind = mediaType === SHORTCUT ? 'any' : target.kind === 'file' ? editorKind(mediaType) : null;
    return [{ target: kind === null ? target : { ...target, kind }, name }];
  });
  return { title: page.querySelector('title')?.text.trim() ?? '', entries };
}

/** Whether an element has an end of its own. One whose page breaks off within it has none, and its range is its first tag's. */
function isClosed({ range: [start, end] }: HTMLElement, html: string): boolean {
  return /<\/\w+\s*>$/.test(html.slice(start, end));
}

/** What an entry's own id says that it is, where its link says nothing of it: `entry-ID`. */
function targetOf(entry: HTMLElement): GoogleTarget | null {
  const id = /^entry-([\w-]{10,})$/.exec(entry.id)?.[1];
  return id === undefined ? null : { kind: 'any', id, resourceKey: null };
}

/** `https://.../16/type/application/vnd.google-apps.document` */
function mediaTypeOf(picture: string): string {
  return /\/type\/([a-z]+\/[\w.+-]+)$/i.exec(picture)?.[1] ?? '';
}
