import { basename } from 'node:path';
import { formatSidecar } from '../files/index.ts';
import type { HeldItem } from '../ledger/index.ts';
import type { RowContext } from '../row/index.ts';

/** The text of an item's sidecar from what the ledger holds of it; null where its files were never looked at. Pure. */
export function sidecarTextOf(item: HeldItem, row: RowContext, csv: string, now: Date): string | null {
  const files = item.files.flatMap(({ path, size, sha256 }) =>
    size === null || sha256 === null ? [] : [{ name: basename(path), size, sha256 }],
  );
  if (item.mediaId === null || files.length < item.files.length) return null;
  const { kind, mediaId, position, sourceUrl, title, generation } = item;
  return formatSidecar({
    row,
    item: { kind, mediaId, position, sourceUrl, title, tools: {}, generation, csv },
    files,
    now,
  });
}
