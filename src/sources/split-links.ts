/** What is not seen at all, and comes along when a link is copied out of a page or a chat. */
const UNSEEN = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;

const BEFORE_LINK = new Set("'`‘([{,;，；、");
const AFTER_LINK = new Set("'`’)]},;，；、。");
/** A closing one belongs to the link where the opening one does. */
const BRACKETS = [
  { opening: '(', closing: ')' },
  { opening: '[', closing: ']' },
  { opening: '{', closing: '}' },
];

/**
 * Makes the function that takes a link cell apart into its links, without the quotes and brackets around them. What no address
 * holds (white space, `|`, `"`, `<`, `>`) always separates; a comma or a semicolon only before a next link, because an address may
 * hold it; and a link with a scheme may follow another one without anything between them.
 * @param host a regular expression's source for how a link to the source begins behind its scheme, as far as the first `/`
 */
export function linkSplitter(host: string): (cell: string) => readonly string[] {
  // Behind a sign or an escape it is a part of the link before it, such as the page to which a login leads.
  const glued = String.raw`(?=https?:\/\/${host})(?<=[\w-])(?<!%[\da-f]{2})`;
  const next = String.raw`(?=['(\[{]{0,3}(?:https?:|${host}))`;
  const separator = new RegExp(String.raw`[|<>"“”„«»\s]+|[,;，；、]${next}|${glued}`, 'iu');
  return (cell) =>
    cell
      .replaceAll(UNSEEN, '')
      .replaceAll('&amp;', '&')
      .split(separator)
      .map(bare)
      .filter((link) => link !== '');
}

function bare(link: string): string {
  let start = 0;
  while (start < link.length && BEFORE_LINK.has(link.charAt(start))) start += 1;
  const kept = link.slice(start);
  const own = BRACKETS.filter(({ opening }) => kept.includes(opening)).map(({ closing }) => closing);
  let end = kept.length;
  while (end > 0 && endsBefore(kept, end) && !own.includes(kept.charAt(end - 1))) end -= 1;
  return kept.slice(0, end);
}

/** Several full stops stand for the rest of a link that was cut off: without them its beginning would pass for the whole. */
function endsBefore(link: string, end: number): boolean {
  const last = link.charAt(end - 1);
  return last === '.' ? link.charAt(end - 2) !== '.' : AFTER_LINK.has(last);
}
