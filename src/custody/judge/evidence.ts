import { placeIn } from '../../files/index.ts';
import { type Claims, type HeldFile, identityOf, type ListedFile } from '../claims.ts';
import type { HeldDownload, HeldItem } from '../../ledger/index.ts';
import type { DownloadType, RowContext } from '../../row/index.ts';
import { takeIn } from '../take-in.ts';
import type { Hashes, PlacedSidecar, World } from '../world.ts';

/** The world as it was looked at, who claims what in it, and what was read; ordered so that each question costs the same, however many files there are. */
export class Evidence {
  readonly world: World;
  readonly claims: Claims;
  readonly hashes: Hashes;
  /** Files that a missing one was found as: they are no orphans. */
  readonly found = new Set<string>();
  /** Items that count now and arrived, and all others, by who they are. */
  readonly present = new Set<string>();
  readonly past = new Set<string>();
  /** Sidecars by where they stand, and where the ledger says that those of present items stand. */
  readonly sidecarAt: ReadonlyMap<string, PlacedSidecar>;
  readonly metadataFiles: ReadonlySet<string>;
  /** Files that hold known bytes, by these: where a missing one may be had from. */
  readonly #holders = new Map<string, Set<string>>();
  readonly #heldOf: ReadonlyMap<HeldItem, readonly HeldFile[]>;
  readonly #listedBy: ReadonlyMap<string, readonly ListedFile[]>;
  readonly #listedOf: ReadonlyMap<string, readonly ListedFile[]>;
  readonly #itemsOf: ReadonlyMap<string, readonly HeldItem[]>;

  constructor(world: World, claims: Claims, hashes: Hashes) {
    this.world = world;
    this.claims = claims;
    this.hashes = hashes;
    for (const path of claims.unclaimed) this.#addHolder(path, null);
    for (const files of [claims.listed, claims.held])
      for (const { path, size, sha256 } of files)
        if (world.disk.get(path)?.size === size) this.#addHolder(path, sha256);
    for (const item of world.items) {
      const identity = identityOf(item.rowId, item);
      if (identity !== null)
        (item.present && item.status === 'completed' ? this.present : this.past).add(identity);
    }
    this.sidecarAt = new Map(world.sidecars.map((placed) => [placed.path, placed]));
    this.metadataFiles = new Set(
      world.items.flatMap(({ present, metadataFile, downloadType }) =>
        present && metadataFile !== null ? [placeIn(world.folders[downloadType], metadataFile)] : [],
      ),
    );
    this.#heldOf = Map.groupBy(claims.held, ({ item }) => item);
    this.#listedBy = Map.groupBy(claims.listed, ({ sidecarPath }) => sidecarPath);
    this.#listedOf = Map.groupBy(claims.listed, ({ sidecar }) => sidecar.row.rowId);
    this.#itemsOf = Map.groupBy(world.items, ({ rowId }) => rowId);
  }

  #addHolder(path: string, said: string | null): void {
    const read = this.hashes.get(path);
    // What was read counts more than what is said of it.
    const sha256 = read === undefined ? said : 'sha256' in read ? read.sha256 : null;
    if (sha256 === null) return;
    const known = this.#holders.get(sha256);
    if (known === undefined) this.#holders.set(sha256, new Set([path]));
    else known.add(path);
  }

  /** Other files with the bytes that a file has to have. */
  holdersOf({ sha256, size, path }: Pick<HeldFile, 'sha256' | 'size' | 'path'>): readonly string[] {
    const holders = this.#holders.get(sha256) ?? [];
    return [...holders]
      .filter((each) => each !== path && this.world.disk.get(each)?.size === size)
      .toSorted();
  }

  /** Whether a file may be given another name: nobody else lays claim to it under the one that it has. */
  isFree(path: string, item: HeldItem): boolean {
    if (this.claims.heldAt.has(path) || this.world.others.has(path)) return false;
    const claimed = this.claims.listedAt.get(path) ?? [];
    return claimed.every(
      ({ sidecar }) => identityOf(sidecar.row.rowId, sidecar) === identityOf(item.rowId, item),
    );
  }

  heldOf(item: HeldItem): readonly HeldFile[] {
    return this.#heldOf.get(item) ?? [];
  }

  filesListedBy(sidecarPath: string): readonly ListedFile[] {
    return this.#listedBy.get(sidecarPath) ?? [];
  }

  /** The row's download from what is on the disk, where that is no guess. */
  takenIn(row: RowContext, downloadType: DownloadType): HeldDownload | null {
    const listed = this.#listedOf.get(row.rowId) ?? [];
    const items = this.#itemsOf.get(row.rowId) ?? [];
    return takeIn({ ...this.world, items }, { ...this.claims, listed }, this.hashes, row, downloadType);
  }
}
