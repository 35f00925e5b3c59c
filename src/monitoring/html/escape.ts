/** Characters of a text on the page, unless said otherwise. */
const MAX_CHARACTERS = 300;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Foreign text for the text or a quoted attribute of a page: shortened, without control characters and without characters that
 * turn the direction of what follows. Pure.
 */
export function escapeHtml(text: string, most = MAX_CHARACTERS): string {
  return plainWords(text, most).replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? '');
}

/** What is left of a text on the page, before it is escaped. Pure. */
export function plainWords(text: string, most = MAX_CHARACTERS): string {
  // Looked at no further than needed: it may be megabytes.
  const plain = text
    .slice(0, most * 4)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g, '')
    .trim();
  const characters = [...plain];
  return characters.length <= most && text.length <= most * 4
    ? plain
    : `${characters.slice(0, most - 1).join('')}…`;
}
