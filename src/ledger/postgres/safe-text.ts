/*
 * PostgreSQL's text holds every character but NUL, and its JSON no half of a surrogate pair. A text with a NUL goes in under an escape;
 * half a pair becomes the replacement character, as it does everywhere where text becomes UTF-8.
 */

/** What an escape begins with: a control character that hardly any text has. */
const ESCAPE = '\u001a';

/** A text as PostgreSQL can hold it; no two texts become one. */
export function toStored(text: string): string {
  if (!text.includes('\0') && !text.includes(ESCAPE)) return text;
  return text.replaceAll(ESCAPE, `${ESCAPE}1`).replaceAll('\0', `${ESCAPE}0`);
}

/** A text as it was before it was stored. */
export function fromStored(text: string): string {
  if (!text.includes(ESCAPE)) return text;
  return text.replaceAll(`${ESCAPE}0`, '\0').replaceAll(`${ESCAPE}1`, ESCAPE);
}

const NEEDS_CARE = /\\u(?:0000|001a|d[89a-f])/i;

/** Plain data as JSON that PostgreSQL takes, its texts as they are stored. */
export function toStoredJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!NEEDS_CARE.test(json)) return json;
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'string' ? toStored(each).toWellFormed() : each,
  );
}
