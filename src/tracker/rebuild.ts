import type { CsvRow, CsvSnapshot } from '../csv/index.ts';
import { ErrorCategory } from '../errors/index.ts';
import { scanSidecars, type Sidecar } from '../files/index.ts';
import { type AdoptRecord, type ErrorEntry, type Ledger, readErrorEntries } from '../ledger/index.ts';
import {
  DOWNLOAD_TYPES,
  type DownloadType,
  filesColumn,
  type ItemResult,
  mediaIdColumn,
  statusColumn,
} from '../row/index.ts';

/** Rows given to the ledger at once. */
const BATCH = 500;

const NEVER_RETRIED: ReadonlySet<string> = new Set([
  ErrorCategory.VALIDATION,
  ErrorCategory.PERMISSION,
  ErrorCategory.DATA_CORRUPTION,
]);

/** How many attempts a failed download's own cell tells of, and whether it was given up for good. */
export function attemptsInCell(
  row: CsvRow,
  downloadType: DownloadType,
): { readonly attempts: number; readonly permanent: boolean } {
  const { attempts, category } = readErrorEntries(row.tracking.download_errors, downloadType);
  return { attempts, permanent: category !== null && NEVER_RETRIED.has(category) };
}

/** What a row's own cells tell of downloads that ended; nothing of those that are pending. */
export function adoptable(row: CsvRow): AdoptRecord[] {
  return DOWNLOAD_TYPES.flatMap((downloadType) => {
    const status = row.tracking[statusColumn(downloadType)].trim().toLowerCase();
    if (status !== 'completed' && status !== 'failed') return [];
    if (row.links[downloadType] === '') return [];
    const { rowId, type, name, email } = row.context;
    const lastAttempt = row.tracking.last_download_attempt || null;
    return [
      {
        row: { rowId, type, name, email },
        downloadType,
        link: row.links[downloadType],
        generation: 1,
        status,
        ...attemptsInCell(row, downloadType),
        lastAttempt,
        errors: entriesOf(row.tracking.download_errors, downloadType, lastAttempt ?? ''),
        items: [],
        mediaIds: listed(row.tracking[mediaIdColumn(downloadType)]),
        files: listed(row.tracking[filesColumn(downloadType)]),
        folder: null,
      },
    ];
  });
}

/**
 * Makes a lost ledger anew: from the cells of every row whose download ended, and from the sidecars that name it.
 * @param folders the download folders; a sidecar of another row, type or generation is left alone.
 * @returns how many downloads were taken over
 */
export async function rebuildLedger(
  snapshot: CsvSnapshot,
  ledger: Ledger,
  folders: Readonly<Record<DownloadType, string>>,
): Promise<number> {
  const sidecars = await sidecarsByRow(folders);
  const { index } = snapshot;
  const ended = (row: number) =>
    DOWNLOAD_TYPES.some((type) => ['completed', 'failed'].includes(index.status(row, type)));
  let batch: AdoptRecord[] = [];
  let count = 0;
  for await (const row of snapshot.readRows(ended)) {
    for (const record of adoptable(row)) {
      const known = sidecars.get(keyOf(row.context.rowId, record.downloadType)) ?? [];
      batch.push(withSidecars(record, known, folders[record.downloadType]));
      count++;
    }
    if (batch.length < BATCH) continue;
    await ledger.adopt(batch);
    batch = [];
  }
  await ledger.adopt(batch);
  return count;
}

async function sidecarsByRow(
  folders: Readonly<Record<DownloadType, string>>,
): Promise<Map<string, FoundItem[]>> {
  const found = new Map<string, FoundItem[]>();
  for (const type of DOWNLOAD_TYPES) {
    for await (const { path, sidecar } of scanSidecars(folders[type], { deep: true })) {
      if (sidecar === null) continue;
      const key = keyOf(sidecar.row.rowId, type);
      const list = found.get(key) ?? [];
      list.push({ path, sidecar });
      found.set(key, list);
    }
  }
  return found;
}

interface FoundItem {
  /** Relative to the download folder, with `/`. */
  readonly path: string;
  readonly sidecar: Sidecar;
}

/** The record with the items that its row's sidecars tell of: those of the newest generation whose files the row lists. */
function withSidecars(record: AdoptRecord, found: readonly FoundItem[], folder: string): AdoptRecord {
  const own = found.filter(
    ({ path, sidecar }) =>
      sidecar.row.type === record.row.type &&
      sidecar.files.some((file) => record.files.includes(onRecord(record, path, file.name))),
  );
  if (own.length === 0) return record;
  const generation = Math.max(1, ...own.map(({ sidecar }) => sidecar.generation ?? 1));
  const items = own
    .filter(({ sidecar }) => (sidecar.generation ?? 1) === generation)
    .map(({ path, sidecar }) => itemOf(record, path, sidecar));
  return { ...record, generation, items, folder };
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
function onRecord({ files }: AdoptRecord, sidecarPath: string, name: string): string {
  const here = beside(sidecarPath, name);
  return !files.includes(here) && files.includes(name) ? name : here;
}

/** The path of a file that stands in the same folder as its sidecar: those of a Drive folder stand in folders of their own. */
function beside(sidecarPath: string, name: string): string {
  return sidecarPath.slice(0, sidecarPath.lastIndexOf('/') + 1) + name;
}

function entriesOf(cell: string, downloadType: DownloadType, at: string): ErrorEntry[] {
  return cell
    .split('; ')
    .filter((entry) => entry.startsWith(`${downloadType} attempt `))
    .map((text) => ({ at, text }));
}

function listed(cell: string): string[] {
  return cell.split(',').filter((part) => part !== '');
}

function keyOf(rowId: string, type: DownloadType): string {
  return JSON.stringify([rowId, type]);
}
