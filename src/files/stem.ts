import type { RowContext } from '../row/index.ts';
import { safeBase } from './safe-name.ts';

/** Leaves room below the usual 255 bytes for `~2`, a language, an extension and `_metadata.json`. */
const MAX_STEM_BYTES = 200;

/**
 * The name of an item's files without extension: the media id, or a title where one is given, and then the row's
 * suffix. Safe whatever the title holds, NFC, at most 200 bytes of UTF-8.
 */
export function fileStem(
  mediaId: string,
  row: RowContext,
  { title }: { readonly title?: string } = {},
): string {
  const suffix = row.toFilenameSuffix().normalize('NFC');
  return safeBase(title || mediaId, MAX_STEM_BYTES - Buffer.byteLength(suffix)) + suffix;
}
