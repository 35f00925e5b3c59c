import type { HTMLElement } from 'node-html-parser';

/** A page as a tree. The parser is loaded with the first one: most downloads never see a page. */
export async function parsePage(html: string): Promise<HTMLElement> {
  const { parse } = await import('node-html-parser');
  return parse(html);
}
