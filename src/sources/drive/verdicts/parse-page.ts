import type { HTMLElement } from 'node-html-parser';

/** Deeper than any page; texts are put together by recursion. */
const MAX_DEPTH = 500;

/**
 * A page as a tree; an empty one for what is nested as no page is. The time it takes grows with the page's length and with nothing
 * else. The parser is loaded with the first page: most downloads never see one.
 */
export async function parsePage(html: string): Promise<HTMLElement> {
  const { parse } = await import('node-html-parser');
  // Of tags without an end it would otherwise move the content up, again and again.
  const page = parse(withoutOpenComment(html), { parseNoneClosedTags: true });
  return isDeep(page) ? parse('') : page;
}

/** A comment without an end would be looked for from each of its beginnings to the end of the page. */
function withoutOpenComment(html: string): string {
  const open = html.indexOf('<!--', html.lastIndexOf('-->') + 1);
  return open < 0 ? html : html.slice(0, open);
}

function isDeep(page: HTMLElement): boolean {
  let level = [page];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap(({ children }) => children);
  }
  return false;
}
