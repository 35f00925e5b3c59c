import { scanSidecars, type Sidecar } from '../../files/index.ts';
import type { AdoptRecord } from '../../ledger/index.ts';
import {
  DOWNLOAD_TYPES,
  type DownloadKey,
  type DownloadType,
  type ItemResult,
  type RowContext,
  type StoredFile,
} from '../../row/index.ts';

export type Folders = Readonly<Record<DownloadType, string>>;

/** A sidecar that names a row. */
export interface FoundItem {
  /** Relative to the download folder, with `/`. */
  readonly path: string;
  readonly sidecar: Sidecar;
}

/** What the newest sidecar says of a file. */
interface SaidFile {
  readonly size: number;
  readonly sha256: string;
  readonly generation: number;
}

/** The sidecars of download folders, by row and type. */
export class RowSidecars {
  readonly #byRow = new Map<string, FoundItem[]>();
  #last: { readonly key: string; readonly files: ReadonlyMap<string, SaidFile> } | null = null;

  /** @param isOfOther whether a sidecar names another CSV as its row's */
  static async in(folders: Folders, isOfOther: (sidecar: Sidecar) => Promise<boolean>): Promise<RowSidecars> {
    const found = new RowSidecars();
    for (const type of DOWNLOAD_TYPES)
      for await (const { path, sidecar } of scanSidecars(folders[type], { deep: true }))
        if (sidecar !== null && !(await isOfOther(sidecar))) found.add(type, { path, sidecar });
    return found;
  }

  add(type: DownloadType, item: FoundItem): void {
    const key = keyOf(item.sidecar.row.rowId, type);
    const known = this.#byRow.get(key);
    if (known === undefined) this.#byRow.set(key, [item]);
    else known.push(item);
  }

  of(rowId: string, type: DownloadType): readonly FoundItem[] {
    return this.#byRow.get(keyOf(rowId, type)) ?? [];
  }

  /** Whether a sidecar of this generation says otherwise of a file than somebody else does. */
  contradicts({ rowId, downloadType }: DownloadKey, generation: number, file: StoredFile): boolean {
    const said = this.#filesOf(rowId, downloadType).get(file.path);
    if (said === undefined || said.generation !== generation) return false;
    return said.size !== file.size || said.sha256 !== file.sha256;
  }

  #filesOf(rowId: string, type: DownloadType): ReadonlyMap<string, SaidFile> {
    const key = keyOf(rowId, type);
    // Line after line of a log is of other rows: what was made for one is not worth keeping, but for a list of thousands.
    if (this.#last?.key === key) return this.#last.files;
    const files = new Map<string, SaidFile>();
    for (const { path, sidecar } of this.of(rowId, type))
      for (const { name, size, sha256 } of sidecar.files) {
        const at = beside(path, name);
        const generation = sidecar.generation ?? 1;
        if ((files.get(at)?.generation ?? 0) <= generation) files.set(at, { size, sha256, generation });
      }
    this.#last = { key, files };
    return files;
  }

  /** Who the row is by its sidecars; null where there are none of its type that say so. */
  whoIs(rowId: string, type: string): RowContext | null {
    const all = DOWNLOAD_TYPES.flatMap((each) => this.of(rowId, each));
    return all.find(({ sidecar }) => sidecar.row.type === type)?.sidecar.row ?? null;
  }
}

/**
 * The sidecars that speak of what a row lists: of its own type, and with a file that stands in its cells, those of the newest generation.
 */
export function speaking(record: AdoptRecord, found: readonly FoundItem[]): readonly FoundItem[] {
  const own = found.filter(
    ({ path, sidecar }) =>
      sidecar.row.type === record.row.type &&
      sidecar.files.some((file) => record.files.includes(onRecord(record, path, file.name))),
  );
  const generation = newest(own);
  return own.filter(({ sidecar }) => (sidecar.generation ?? 1) === generation);
}

/** The generation of the newest of these; 1 where there are none. */
export function newest(found: readonly FoundItem[]): number {
  return found.reduce((most, { sidecar }) => Math.max(most, sidecar.generation ?? 1), 1);
}

/** The record with the items that these sidecars tell of. */
export function withSidecars(record: AdoptRecord, own: readonly FoundItem[], folder: string): AdoptRecord {
  if (own.length === 0) return record;
  const items = own.map(({ path, sidecar }) => itemOf(record, path, sidecar));
  return { ...record, items, folder };
}

function itemOf(record: AdoptRecord, path: string, sidecar: Sidecar): ItemResult {
  return {
    kind: sidecar.kind ?? (sidecar.downloadType === 'drive' ? 'file' : 'video'),
    position: sidecar.position ?? 0,
    mediaId: sidecar.mediaId,
    title: sidecar.title,
    sourceUrl: sidecar.sourceUrl ?? '',
    files: sidecar.files.map(({ name, size, sha256 }) => ({
      path: onRecord(record, path, name),
      size,
      sha256,
    })),
    metadataFile: onRecord(record, path, sidecar.files[0]?.name ?? '').includes('/')
      ? path
      : path.slice(path.lastIndexOf('/') + 1),
    failure: null,
  };
}

/** Where the row says that a file is: beside its sidecar, unless both were moved into another folder by hand. */
export function onRecord({ files }: Pick<AdoptRecord, 'files'>, sidecarPath: string, name: string): string {
  const here = beside(sidecarPath, name);
  return !files.includes(here) && files.includes(name) ? name : here;
}

/** The path of a file that stands in the same folder as its sidecar: those of a Drive folder stand in folders of their own. */
function beside(sidecarPath: string, name: string): string {
  return sidecarPath.slice(0, sidecarPath.lastIndexOf('/') + 1) + name;
}

function keyOf(rowId: string, type: DownloadType): string {
  return JSON.stringify([rowId, type]);
}
