import { selectAll, selectOne } from 'css-select';
import type { AnyNode, Document, Element } from 'domhandler';
import { DomHandler, DomUtils, Parser } from 'htmlparser2';

/** Deeper than any page. What an end tag ends is looked for among all that are open: depth would cost more time than length does. */
export const MAX_DEPTH = 500;

/** A page of HTML as a tree. */
export class Page {
  readonly #root: Document;

  constructor(root: Document) {
    this.#root = root;
  }

  /** The elements that a CSS selector finds, in their order: everywhere, or within one of them. */
  all(selector: string, within: Document | Element = this.#root): readonly Element[] {
    return selectAll<AnyNode, Element>(selector, within);
  }

  first(selector: string): Element | null {
    return selectOne<AnyNode, Element>(selector, this.#root);
  }
}

/** The text below an element; empty where there is none. */
export const textOf = (element: Element | null): string => DomUtils.textContent(element ?? []);

/** The element that stands after another one, below the same one. */
export const nextOf = (element: Element): Element | null => DomUtils.nextElementSibling(element);

/**
 * A page as a tree; an empty one for what is nested as no page is. The time it takes grows with the page's length and with nothing
 * else.
 */
export function parsePage(html: string): Page {
  const tree = new Tree();
  try {
    new Parser(tree).end(html);
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    return new Page(new DomHandler().root);
  }
  return new Page(tree.root);
}

class TooDeep extends Error {
  override readonly name = 'TooDeep';
}

class Tree extends DomHandler {
  override onopentag(...tag: Parameters<DomHandler['onopentag']>): void {
    if (this.tagStack.length > MAX_DEPTH) throw new TooDeep();
    super.onopentag(...tag);
  }
}
