/** What is not seen at all, and comes along when a link is copied out of a page or a chat. */
const UNSEEN = String.raw`\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF`;
const ANY_UNSEEN = new RegExp(`[${UNSEEN}]`, 'gu');
const IS_UNSEEN = new RegExp(`^[${UNSEEN}]$`, 'u');

const QUOTES = `"“”„«»`;
const BEFORE_LINK = new Set(`${QUOTES}'\`‘([{,;，；、`);
const AFTER_LINK = new Set(`${QUOTES}'\`’)]},;，；、。`);
/** A closing one belongs to the link where the opening one does. */
const BRACKETS = [
  { opening: '(', closing: ')' },
  { opening: '[', closing: ']' },
  { opening: '{', closing: '}' },
];

/** What is known of the links of a source. */
interface LinkForm {
  /** A regular expression's source for how a link begins behind its scheme, as far as the first `/`. */
  readonly host: string;
  /** Signs that no link of the source holds: they separate wherever they stand. */
  readonly heldByNone?: string;
  /** Whether a link may hold what is not seen, such as the joiners of some scripts; it is taken away around links only then. */
  readonly mayHoldUnseen?: boolean;
}

/**
 * Makes the function that takes a link cell apart into its links, without the quotes and brackets around them. What no address
 * holds (white space, `|`, `<`, `>`) always separates; a comma, a semicolon or a quote only before a next link, because an address may
 * hold it, or what is none may and is to be refused as a whole; and a link with a scheme may follow another one without anything
 * between them. The time grows with the length of the cell.
 */
export function linkSplitter({
  host,
  heldByNone = '',
  mayHoldUnseen = false,
}: LinkForm): (cell: string) => readonly string[] {
  // Behind a sign or an escape it is a part of the link before it, such as the page to which a login leads.
  const glued = String.raw`(?=https?:\/\/${host})(?<=[\w-])(?<!%[\da-f]{2})`;
  const next = String.raw`(?=['(\[{]{0,3}(?:https?:|${host}))`;
  const separator = new RegExp(String.raw`[|<>\s${heldByNone}]+|[,;，；、${QUOTES}]${next}|${glued}`, 'iu');
  return (cell) =>
    (mayHoldUnseen ? cell : cell.replaceAll(ANY_UNSEEN, ''))
      .replaceAll('&amp;', '&')
      .split(separator)
      .map(bare)
      .filter((link) => link !== '');
}

function bare(link: string): string {
  let start = 0;
  while (start < link.length && isOf(BEFORE_LINK, link.charAt(start))) start += 1;
  const kept = link.slice(start);
  const own = BRACKETS.filter(({ opening }) => kept.includes(opening)).map(({ closing }) => closing);
  let end = kept.length;
  while (end > 0 && endsBefore(kept, end) && !own.includes(kept.charAt(end - 1))) end -= 1;
  return kept.slice(0, end);
}

/** Several full stops stand for the rest of a link that was cut off: without them its beginning would pass for the whole. */
function endsBefore(link: string, end: number): boolean {
  const last = link.charAt(end - 1);
  return last === '.' ? link.charAt(end - 2) !== '.' : isOf(AFTER_LINK, last);
}

function isOf(signs: ReadonlySet<string>, sign: string): boolean {
  return signs.has(sign) || IS_UNSEEN.test(sign);
}
