import { basename } from 'node:path';
import type { DownloadType, ItemKind } from '../../row/index.ts';
import type { World } from '../world.ts';
import { type FileClaim, type Known, claimOf } from './claim-file.ts';
import { type LeftAlone, leftAlone } from './left-alone.ts';
import type { Leaving, Leavings } from './leavings.ts';

/** An item whose bytes are known, under the name that they had there. */
interface KnownItem {
  readonly downloadType: DownloadType;
  readonly kind: ItemKind;
  readonly mediaId: string;
  readonly name: string;
}

/** Bytes that are known as those of rows' items. */
interface KnownContent {
  /** One for each medium: two would be a contradiction. */
  readonly items: readonly KnownItem[];
  /** Rows that had them. */
  readonly rowIds: readonly string[];
}

/** What ledger and sidecars know by its bytes, of rows that the CSV has. */
export class KnownContents {
  readonly #byHash = new Map<string, { readonly items: KnownItem[]; readonly rowIds: string[] }>();
  readonly #sizes = new Set<number>();
  /** Bytes that the ledger holds: they were looked at when they were recorded. */
  readonly #proven = new Set<string>();

  constructor({ items, rows, sidecars }: World, { listing }: Leavings) {
    for (const { rowId, downloadType, kind, mediaId, files } of items)
      for (const { path, size, sha256 } of files)
        if (mediaId !== null && size !== null && sha256 !== null && rows.has(rowId)) {
          this.#add(sha256, size, rowId, { downloadType, kind, mediaId, name: basename(path) });
          this.#proven.add(sha256);
        }
    const read = [...listing.values()].flat();
    for (const { sidecar } of [...sidecars, ...read]) {
      if (sidecar === null) continue;
      const { downloadType, kind, mediaId, row, files } = sidecar;
      const isOurs = rows.get(row.rowId)?.context.type === row.type;
      if (downloadType === null || kind === null || mediaId === null || !isOurs) continue;
      for (const { name, size, sha256 } of files)
        this.#add(sha256, size, row.rowId, { downloadType, kind, mediaId, name });
    }
  }

  #add(sha256: string, size: number, rowId: string, item: KnownItem): void {
    const known = this.#byHash.get(sha256) ?? { items: [], rowIds: [] };
    if (!known.items.some(({ kind, mediaId }) => kind === item.kind && mediaId === item.mediaId))
      known.items.push(item);
    if (!known.rowIds.includes(rowId)) known.rowIds.push(rowId);
    this.#byHash.set(sha256, known);
    this.#sizes.add(size);
  }

  /** Whether a file of this size may be one of them: then it is worth reading. */
  hasSize(size: number): boolean {
    return this.#sizes.has(size);
  }

  /** Whether they were found whole before. A sidecar alone does not prove that: anybody can write one. */
  isProven(sha256: string): boolean {
    return this.#proven.has(sha256);
  }

  of(sha256: string): KnownContent | null {
    return this.#byHash.get(sha256) ?? null;
  }
}

/** Whose a file is by its bytes alone, however it is called; null where nobody knows them. Pure. */
export function claimByContent(
  file: Leaving,
  sha256: string,
  contents: KnownContents,
  known: Known,
): FileClaim | LeftAlone | null {
  const content = contents.of(sha256);
  const [item, another] = content?.items ?? [];
  if (content === null || item === undefined) return null;
  const { rowIds, items } = content;
  if (another !== undefined) {
    const ids = items.map(({ mediaId }) => mediaId).join(' and of ');
    return leftAlone(file.path, 'contradiction', `Its bytes are those of ${ids}.`, rowIds[0]);
  }
  const { name, ...medium } = item;
  const inList = rowIds.find((rowId) => known.wanted.listsOf(rowId, medium.downloadType).length > 0);
  const said =
    inList === undefined ? null : { rowId: inList, downloadType: medium.downloadType, listing: null };
  return claimOf(file, said, { ...medium, info: null, recordedName: name }, known);
}
