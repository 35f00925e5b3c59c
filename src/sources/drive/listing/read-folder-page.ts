import { Parser } from 'htmlparser2';
import { RowtrailError } from '../../../errors/index.ts';
import { otherTypeOf } from '../api/api-file.ts';
import { editorKind } from '../export-formats.ts';
import { parseDriveLinks } from '../links/link.ts';
import type { GoogleTarget } from '../links/target.ts';
import { MAX_PAGE_BYTES } from '../open-file.ts';
import { pageFailure } from '../verdicts/page.ts';
import { MAX_DEPTH } from '../verdicts/parse-page.ts';

/** What the entries stand in. */
const LIST = /(?:^|\s)flip-(?:entries|list|entry)(?:\s|$)/;
const ENTRY = /(?:^|\s)flip-entry(?:\s|$)/;
const ENTRY_TITLE = /(?:^|\s)flip-entry-title(?:\s|$)/;
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

/** Far more than stands behind the end of a page. */
const TAIL = 1000;
/** A hundred thousand entries are shorter: more than a page of Drive's ever shows. */
const MAX_LENGTH = 32 << 20;
/** More than a folder may have here, so that a page without an end fills no memory. */
const MAX_ENTRIES = 200_000;

/**
 * What a folder's page lists, in its order, also what is neither a file nor a folder (a form, a map). The page is read as it comes,
 * tag by tag: that of a folder with ten thousand entries has 5 MB, and a tree of it would take 120 MB.
 */
export class FolderPageReader {
  readonly #tags = new Tags();
  readonly #parser = new Parser(this.#tags);
  /** What may be another page than a folder's. */
  #head = '';
  #tail = '';
  #length = 0;

  /** Takes a piece of the page. @throws RowtrailError unexpected_page where it is nested, or as long, as no page is */
  write(piece: string): void {
    this.#length += piece.length;
    if (this.#length > MAX_LENGTH)
      throw new RowtrailError('unexpected_page', "The folder's page is too long to be read");
    this.#parser.write(piece);
    if (this.#head.length < MAX_PAGE_BYTES) this.#head += piece;
    this.#tail = (this.#tail + piece).slice(-TAIL);
  }

  /** @throws RowtrailError with the cause that the page names when it is no folder's page; unexpected_page for a part of one */
  end(now: Date): FolderPage {
    this.#parser.end();
    const { list, title, entries } = this.#tags;
    if (list === 'none') throw pageFailure(this.#head, now);
    if (list === 'open' && !/<\/html>\s*$/i.test(this.#tail))
      throw new RowtrailError('unexpected_page', "The folder's page breaks off within its list: run again");
    return { title: title.trim(), entries };
  }
}

/** What a tag that has not ended yet stands in, or is itself. */
interface Place {
  readonly isInList: boolean;
  /** The id of the entry around it; null outside of entries. */
  readonly entry: string | null;
}

const OUTSIDE: Place = { isInList: false, entry: null };

/** A link of the list whose end is not read yet. Depths are numbers of open tags, with its own. */
interface OpenLink {
  readonly href: string;
  readonly entry: string | null;
  readonly depth: number;
  text: string;
  /** What names the entry within the link, and how deep it stands; null before it. */
  caption: { text: string; readonly depth: number; isOpen: boolean } | null;
  /** The address of the picture that tells the type; empty before it. */
  picture: string;
}

/** The tags of a page in their order, as the parser tells of them. */
class Tags {
  readonly entries: PageEntry[] = [];
  title = '';
  /** Whether the page's first list has begun, and whether a tag of its own has ended it. */
  list: 'none' | 'open' | 'ended' = 'none';
  readonly #open: Place[] = [];
  #listDepth = 0;
  #titleDepth = 0;
  #link: OpenLink | null = null;

  onopentag(name: string, { class: classes = '', id = '', href, src = '' }: Record<string, string>): void {
    const around = this.#open.at(-1) ?? OUTSIDE;
    const isList = LIST.test(classes);
    const place: Place = {
      isInList: around.isInList || isList,
      entry: ENTRY.test(classes) ? id : around.entry,
    };
    const depth = this.#open.push(place);
    if (depth > MAX_DEPTH)
      throw new RowtrailError('unexpected_page', "The folder's page is nested as no page is");
    if (isList && this.list === 'none') {
      this.list = 'open';
      this.#listDepth = depth;
    }
    if (name === 'title' && this.title === '') this.#titleDepth = depth;
    if (name === 'a') {
      this.#endLink();
      // Pages have other links, too: to sign in, and back to the folder.
      if (href !== undefined && place.isInList)
        this.#link = { href, entry: place.entry, depth, text: '', caption: null, picture: '' };
    } else if (this.#link !== null) {
      if (name === 'img' && this.#link.picture === '') this.#link.picture = src;
      if (ENTRY_TITLE.test(classes)) this.#link.caption ??= { text: '', depth, isOpen: true };
    }
  }

  ontext(text: string): void {
    if (this.#titleDepth > 0) this.title += text;
    if (this.#link === null) return;
    this.#link.text += text;
    if (this.#link.caption?.isOpen === true) this.#link.caption.text += text;
  }

  onclosetag(_name: string, isImplied: boolean): void {
    const depth = this.#open.length;
    this.#open.pop();
    if (depth === this.#listDepth) {
      this.#listDepth = 0;
      if (!isImplied) this.list = 'ended';
    }
    if (depth === this.#titleDepth) this.#titleDepth = 0;
    if (depth === this.#link?.caption?.depth) this.#link.caption.isOpen = false;
    if (depth === this.#link?.depth) this.#endLink();
  }

  #endLink(): void {
    if (this.#link !== null) this.entries.push(...entryOf(this.#link));
    if (this.entries.length > MAX_ENTRIES)
      throw new RowtrailError('unexpected_page', `The folder's page lists more than ${MAX_ENTRIES} files`);
    this.#link = null;
  }
}

function entryOf({ href, entry, picture, caption, text }: OpenLink): readonly PageEntry[] {
  const [target] = parseDriveLinks(href).targets;
  const mediaType = mediaTypeOf(picture);
  const name = (caption?.text ?? text).trim();
  if (target === undefined || target.kind === 'direct')
    return entry === null ? [] : [{ target: targetOf(entry), name, otherType: otherTypeOf(mediaType) }];
  // Documents of the editors are linked like files; only the picture beside the name tells them apart.
  const kind = mediaType === SHORTCUT ? 'any' : target.kind === 'file' ? editorKind(mediaType) : null;
  return [{ target: kind === null ? target : { ...target, kind }, name }];
}

/** What an entry's own id says that it is, where its link says nothing of it: `entry-ID`. */
function targetOf(entry: string): GoogleTarget | null {
  const id = /^entry-([\w-]{10,})$/.exec(entry)?.[1];
  return id === undefined ? null : { kind: 'any', id, resourceKey: null };
}

/** `https://.../16/type/application/vnd.google-apps.document` */
function mediaTypeOf(picture: string): string {
  return /\/type\/([a-z]+\/[\w.+-]+)$/i.exec(picture)?.[1] ?? '';
}
