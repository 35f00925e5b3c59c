/** What people and spreadsheets write where there is no link; `'-` is what injection quoting makes of `-`. */
const PLACEHOLDERS: ReadonlySet<string> = new Set(['', '-', "'-", 'none', 'null', 'nan', 'n/a']);

/** Characters of the longest placeholder. */
export const LONGEST_PLACEHOLDER = 4;

/** True for a link cell that says "there is no link": empty, `-`, `'-`, none, null, nan, n/a in any case, trimmed. */
export function isPlaceholder(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.length <= LONGEST_PLACEHOLDER && PLACEHOLDERS.has(trimmed.toLowerCase());
}
