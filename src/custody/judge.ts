import { basename, dirname, join } from 'node:path';
import type { HeldItem } from '../ledger/index.ts';
import { DOWNLOAD_TYPES } from '../row/index.ts';
import { type Claims, type HeldFile, identityOf, isOfOther, type ListedFile } from './claims.ts';
import type { Finding, Repair } from './findings.ts';
import { sidecarTextOf } from './sidecar-of-item.ts';
import { takeIn } from './take-in.ts';
import type { Hashes, PlacedSidecar, World } from './world.ts';

/** Everything that does not fit, in the order of files and rows. Pure. */
export function judge(world: World, claims: Claims, hashes: Hashes): readonly Finding[] {
  const eye = new Eye(world, claims, hashes);
  return [
    ...claims.held.flatMap((file) => eye.heldFile(file)),
    ...eye.itemsWithoutSidecar(),
    ...eye.withoutProof(),
    ...world.sidecars.flatMap((placed) => eye.sidecar(placed)),
    ...eye.contradictions(),
    ...eye.orphans(),
    ...world.odd.map((path) => about('odd_link', path, 'it is not followed', null)),
    ...world.unreadable.map((path) => about('unreadable_file', path, 'it cannot be looked at', null)),
  ];
}

function about(
  kind: Finding['kind'],
  path: string | null,
  message: string,
  repair: Repair | null,
  of: { readonly rowId: string; readonly downloadType: Finding['downloadType'] } | null = null,
): Finding {
  return { kind, rowId: of?.rowId ?? null, downloadType: of?.downloadType ?? null, path, message, repair };
}

/** One look at the world, with what was read of it. */
class Eye {
  readonly #world: World;
  readonly #claims: Claims;
  readonly #hashes: Hashes;
  /** Files that hold known bytes, by these: where a missing one may be had from. */
  readonly #holders = new Map<string, string[]>();
  /** Files that a missing one was found as: they are no orphans. */
  readonly #found = new Set<string>();
  readonly #present = new Set<string>();
  readonly #past = new Set<string>();

  constructor(world: World, claims: Claims, hashes: Hashes) {
    this.#world = world;
    this.#claims = claims;
    this.#hashes = hashes;
    for (const path of claims.unclaimed) this.#addHolder(path, null);
    for (const { path, size, sha256 } of [...claims.listed, ...claims.held])
      if (world.disk.get(path)?.size === size) this.#addHolder(path, sha256);
    for (const item of world.items) {
      const identity = identityOf(item.rowId, item);
      if (identity !== null)
        (item.present && item.status === 'completed' ? this.#present : this.#past).add(identity);
    }
  }

  #addHolder(path: string, said: string | null): void {
    const read = this.#hashes.get(path);
    // What was read counts more than what is said of it.
    const sha256 = read === undefined ? said : 'sha256' in read ? read.sha256 : null;
    if (sha256 === null) return;
    const known = this.#holders.get(sha256) ?? [];
    if (!known.includes(path)) this.#holders.set(sha256, [...known, path]);
  }

  #holdersOf({ sha256, size, path }: Pick<HeldFile, 'sha256' | 'size' | 'path'>): readonly string[] {
    const holders = this.#holders.get(sha256) ?? [];
    return holders.filter((each) => each !== path && this.#world.disk.get(each)?.size === size).toSorted();
  }

  heldFile(file: HeldFile): readonly Finding[] {
    const { item, path, size, sha256 } = file;
    const there = this.#world.disk.get(path);
    if (there === undefined) return this.#missing(file);
    const read = this.#hashes.get(path);
    if (read !== undefined && 'failure' in read) {
      const why =
        read.failure === 'changed'
          ? 'somebody writes into it: verify again when it is still'
          : `it cannot be read (${read.failure})`;
      return [about('unreadable_file', path, why, null, item)];
    }
    if (there.size < size) {
      const message = `it has ${there.size} bytes where ${size} were stored`;
      return [about('truncated_file', path, message, pendingAgain(file), item)];
    }
    if (there.size > size) {
      const message = `it has ${there.size} bytes where ${size} were stored`;
      return [about('changed_file', path, message, null, item)];
    }
    if (read === undefined || read.sha256 === sha256) return [];
    return [about('changed_file', path, 'it has the size on record, and other bytes', null, item)];
  }

  #missing(file: HeldFile): readonly Finding[] {
    const { item, path, sha256 } = file;
    const holders = this.#holdersOf(file);
    if (holders.length === 0)
      return [about('missing_file', path, 'it is gone, and so are its bytes', pendingAgain(file), item)];
    const free = holders.find((each) => this.#isFree(each, item) && !this.#found.has(each));
    if (free === undefined) {
      const from = holders[0] ?? path;
      const message = `it is gone; ${from} has the same bytes`;
      return [about('missing_file', path, message, { do: 'copy', from, to: path, sha256 }, item)];
    }
    this.#found.add(free);
    const moves = [{ from: free, to: path }, ...this.#sidecarMoves(file, free)];
    return [about('misnamed_file', path, `it is called ${free} now`, { do: 'rename', moves }, item)];
  }

  /** Whether a file may be given another name: nobody else lays claim to it under the one that it has. */
  #isFree(path: string, item: HeldItem): boolean {
    if (this.#claims.heldAt.has(path) || this.#world.others.has(path)) return false;
    const claimed = this.#claims.listedAt.get(path) ?? [];
    return claimed.every(
      ({ sidecar }) => identityOf(sidecar.row.rowId, sidecar) === identityOf(item.rowId, item),
    );
  }

  /** The sidecar goes back with its file, where it went with it. */
  #sidecarMoves({ item, path }: HeldFile, free: string): readonly { from: string; to: string }[] {
    const beside = this.#claims.listedAt.get(free)?.[0]?.sidecarPath;
    if (beside === undefined || item.metadataFile === null) return [];
    const to = join(dirname(path), basename(item.metadataFile));
    const isTaken = this.#world.sidecars.some((placed) => placed.path === to);
    return isTaken || beside === to || item.files.length > 1 ? [] : [{ from: beside, to }];
  }

  itemsWithoutSidecar(): readonly Finding[] {
    const { items, rows, sidecars, folders } = this.#world;
    const at = new Map(sidecars.map((placed) => [placed.path, placed]));
    return items.flatMap((item) => {
      const row = rows.get(item.rowId);
      const isKept = item.present && item.status === 'completed' && item.metadataFile !== null;
      if (!isKept || row === undefined || item.files.length === 0) return [];
      const identity = identityOf(item.rowId, item);
      if (identity !== null && this.#claims.sidecarsOf.has(identity)) return [];
      const first = this.#claims.held.find((file) => file.item === item);
      const folder = first === undefined ? folders[item.downloadType] : dirname(first.path);
      const path = join(folder, basename(item.metadataFile ?? ''));
      const stands = at.get(path);
      if (stands !== undefined && stands.problem !== 'broken') return [];
      const text = sidecarTextOf(item, row.context, basename(this.#world.csvPath), this.#world.now);
      const aside = stands === undefined ? null : `${path}.broken`;
      const repair = text === null ? null : ({ do: 'write_sidecar', path, text, aside } as const);
      return stands === undefined
        ? [
            about(
              'missing_sidecar',
              path,
              `the sidecar of ${item.files[0]?.path ?? ''} is gone`,
              repair,
              item,
            ),
          ]
        : [about('broken_sidecar', path, 'its JSON cannot be read', repair, item)];
    });
  }

  withoutProof(): readonly Finding[] {
    const found: Finding[] = [];
    const proven = new Set(
      this.#claims.held.map(({ item }) => JSON.stringify([item.rowId, item.downloadType])),
    );
    const unproven = Map.groupBy(this.#claims.unproven, (item) =>
      JSON.stringify([item.rowId, item.downloadType]),
    );
    for (const [rowId, { context, downloads }] of this.#world.rows)
      for (const downloadType of DOWNLOAD_TYPES) {
        const { status, files } = downloads[downloadType];
        const key = JSON.stringify([rowId, downloadType]);
        if (status !== 'completed' || (proven.has(key) && !unproven.has(key))) continue;
        const of = { rowId, downloadType };
        const paths = files.map((file) => join(this.#world.folders[downloadType], file));
        const gone = paths.filter((path) => !this.#world.disk.has(path));
        const held = takeIn(this.#world, this.#claims, this.#hashes, context, downloadType);
        if (held !== null) {
          found.push(
            about(
              'completed_without_proof',
              null,
              'its sidecars have the proof',
              { do: 'take_in', held },
              of,
            ),
          );
          continue;
        }
        for (const path of gone)
          found.push(
            about('missing_file', path, 'the row lists it', { do: 'reset', rowId, downloadType }, of),
          );
        if (gone.length === 0)
          found.push(
            about(
              'completed_without_proof',
              paths[0] ?? null,
              files.length === 0
                ? 'it lists no files'
                : 'neither ledger nor sidecar knows what these files have to be',
              null,
              of,
            ),
          );
      }
    return found;
  }

  sidecar(placed: PlacedSidecar): readonly Finding[] {
    const { path, sidecar, problem } = placed;
    if (isOfOther(placed, this.#world)) return [];
    if (problem === 'newer')
      return [about('newer_sidecar', path, 'update this rowtrail to have it read', null)];
    if (problem === 'broken') {
      const isHeld = this.#world.items.some(
        (item) =>
          item.present &&
          item.metadataFile !== null &&
          join(this.#world.folders[item.downloadType], item.metadataFile) === path,
      );
      return isHeld
        ? []
        : [about('broken_sidecar', path, 'its JSON cannot be read, and nobody knows what it said', null)];
    }
    if (sidecar === null) return [];
    const { rowId, type } = sidecar.row;
    const row = this.#world.rows.get(rowId);
    const of = { rowId, downloadType: sidecar.downloadType };
    if (row === undefined) return [about('orphaned_sidecar', path, `the CSV has no row ${rowId}`, null, of)];
    if (row.context.type !== type)
      return [about('orphaned_sidecar', path, `row ${rowId} has another type in the CSV`, null, of)];
    const identity = identityOf(rowId, sidecar);
    if (identity === null || this.#present.has(identity) || this.#past.has(identity)) return [];
    return this.#unheld(placed.path, sidecar.files.length === 0 ? [] : this.#filesListedBy(path), of);
  }

  #filesListedBy(sidecarPath: string): readonly ListedFile[] {
    return this.#claims.listed.filter((file) => file.sidecarPath === sidecarPath);
  }

  /** A sidecar of a row of ours that the ledger does not know. */
  #unheld(
    path: string,
    files: readonly ListedFile[],
    of: { readonly rowId: string; readonly downloadType: Finding['downloadType'] },
  ): readonly Finding[] {
    const first = files[0];
    if (first === undefined || of.downloadType === null) return [];
    const gone = files.find((file) => this.#world.disk.get(file.path)?.size !== file.size);
    if (gone !== undefined)
      return [
        about('sidecar_without_file', path, `${basename(gone.path)} is not there, or not whole`, null, of),
      ];
    const row = this.#world.rows.get(of.rowId);
    const said = row?.downloads[of.downloadType];
    if (row === undefined || said === undefined || said.status === 'completed') return [];
    const held = takeIn(this.#world, this.#claims, this.#hashes, row.context, of.downloadType);
    const message = `row ${of.rowId} says ${said.status === '' ? 'nothing' : said.status}`;
    return [about('proof_without_row', first.path, message, held && { do: 'take_in', held }, of)];
  }

  contradictions(): readonly Finding[] {
    const found: Finding[] = [];
    for (const [path, claims] of this.#claims.listedAt) {
      const rows = new Set(
        claims.map(({ sidecar }) => JSON.stringify([sidecar.row.rowId, sidecar.row.type])),
      );
      if (rows.size < 2) continue;
      const names = claims.map(
        ({ sidecarPath, sidecar }) => `${basename(sidecarPath)} (row ${sidecar.row.rowId})`,
      );
      const message = `${names.toSorted().join(' and ')} claim it: correct or remove the one that is wrong`;
      found.push(about('contradicting_sidecars', path, message, null));
    }
    return found;
  }

  orphans(): readonly Finding[] {
    return this.#claims.unclaimed
      .filter((path) => !this.#found.has(path))
      .map((path) => {
        const read = this.#hashes.get(path);
        const same =
          read === undefined || !('sha256' in read)
            ? undefined
            : [...this.#claims.held, ...this.#claims.listed].find((file) => file.sha256 === read.sha256);
        const message =
          same === undefined
            ? 'no row and no sidecar knows it'
            : `it has the same bytes as ${basename(same.path)}`;
        return about('orphaned_file', path, message, null);
      });
  }
}

function pendingAgain({ item, path }: HeldFile): Repair {
  const { id, rowId, downloadType, generation } = item;
  const message = `Its file is not on the disk as it was stored: ${basename(path)}`;
  return { do: 'pending_again', loss: { rowId, downloadType, generation, items: [{ itemId: id }], message } };
}
