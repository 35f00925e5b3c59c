import type { FileIdentity } from '../csv/index.ts';
import type { CsvMark } from '../ledger/index.ts';

/** The text by which a ledger knows again the CSV file that it was last brought together with. */
export function markOf({ dev, ino, size, mtimeNs, ctimeNs }: FileIdentity): CsvMark {
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}

/**
 * Whether a mark may be that of a file which was renamed since (its ctime alone differs) or copied to another disk (size
 * and, mostly, mtime stay).
 */
export function mayBeMarkOf(mark: CsvMark, { ino, size, mtimeNs }: FileIdentity): boolean {
  const [, knownIno, knownSize, knownMtime] = mark.split(':');
  return knownSize === String(size) && (knownMtime === String(mtimeNs) || knownIno === String(ino));
}
