import type { DownloadType } from '../row/index.ts';

/** Characters of one entry of `download_errors`, and entries of a cell. */
const MAX_ENTRY_LENGTH = 200;
export const MAX_ERROR_ENTRIES = 10;

/**
 * One entry of `download_errors`: type, attempt, category and what happened, on one line, without anything that could
 * break the cell or be taken for a formula: HTML, control characters, `;` and leading `= + - @` are removed.
 */
export function errorEntry(
  downloadType: DownloadType,
  attempt: number,
  category: string | null,
  message: string,
): string {
  return cut(`${downloadType} attempt ${attempt} ${category ?? 'system'}: ${plainText(message)}`);
}

/** Foreign text as one line of plain words, never beginning like a formula. */
export function plainText(text: string): string {
  return text
    .replaceAll(/<[^>]*>?/g, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(';', ',')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/^[=+\-@\s]+/, '');
}

function cut(text: string): string {
  if (text.length <= MAX_ENTRY_LENGTH) return text;
  return `${text.slice(0, MAX_ENTRY_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The highest attempt that a `download_errors` cell names for a download type, and that entry's category; for a CSV whose ledger is lost. */
export function readErrorEntries(
  cell: string,
  downloadType: DownloadType,
): { readonly attempts: number; readonly category: string | null } {
  let attempts = 0;
  let category: string | null = null;
  for (const [, type, attempt, entryCategory] of cell.matchAll(
    /(?:^|; )(youtube|drive) attempt (\d+) (\w+):/g,
  )) {
    if (type !== downloadType || attempt === undefined || entryCategory === undefined) continue;
    attempts = Math.max(attempts, Number(attempt));
    category = entryCategory;
  }
  return { attempts, category };
}
