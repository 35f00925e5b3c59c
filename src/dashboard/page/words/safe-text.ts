/** The longest text that is put into the page, in UTF-16 units; what comes from outside may have megabytes. */
const LONGEST = 400;

// Controls, invisible directions and separators: what could break a line, turn it round or hide in it.
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]/gu;

/**
 * Text from a row, a title or an error as it may be shown: cut to `longest` units with an ellipsis, each control
 * character as a picture of it (a tab or line end as a space), and without halves of characters.
 */
export function shown(text: string, longest = LONGEST): string {
  const part = text.length > longest ? `${text.slice(0, longest - 1).trimEnd()}…` : text;
  return part.toWellFormed().replace(CONTROLS, pictured);
}

function pictured(control: string): string {
  if (control === '\n' || control === '\r' || control === '\t') return ' ';
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
}

/** The address of a link that may be opened: only of the web. Null for every other text. */
export function webAddress(text: string): string | null {
  const found = URL.parse(text.trim());
  return found !== null && (found.protocol === 'https:' || found.protocol === 'http:') ? found.href : null;
}
