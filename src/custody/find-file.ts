import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { RowtrailError } from '../errors/index.ts';
import { lookAt, pathBelow, placeIn, resolvePlace } from '../files/index.ts';
import type { FileRecord } from '../ledger/index.ts';
import type { DownloadType } from '../row/index.ts';
import { openKnownLedger } from '../tracker/index.ts';
import { type AskedFile, askFor } from './asked-file.ts';
import { type KnownLedger, ledgerOf, ledgersUnder } from './known-ledgers.ts';
import { type Claim, searchSidecars } from './search-sidecars.ts';

/** A row that a file belongs to. */
export interface FoundRow {
  readonly rowId: string;
  readonly downloadType: DownloadType | null;
  /** Where the row's own copy stands, relative to its download folder. */
  readonly path: string;
  /**
   * The same as an absolute path: where the copy is now, also when its folder was moved together with the CSV; where it is
   * gone, the place on record. Null when neither is known.
   */
  readonly file: string | null;
  readonly type: string;
  readonly name: string;
  readonly email: string;
  /** How it was found: by this very path, by the name, by the same bytes under another name, or as the same video or file of the host. */
  readonly by: 'path' | 'name' | 'content' | 'medium';
  /** The CSV that the row stands in; null where only a sidecar speaks, which may not know. */
  readonly csv: string | null;
}

export interface FoundFile {
  readonly file: string;
  /** Every row that the file belongs to; the row of the very path first. */
  readonly rows: readonly FoundRow[];
  /** What a person has to settle: sidecars that contradict each other, a row_id that stands for two rows. */
  readonly notes: readonly string[];
}

export interface FindOptions {
  /** Whose `.rowtrail` is searched (default: the working directory). */
  readonly cwd?: string;
  /** Search the ledger of this CSV only. */
  readonly csvPath?: string;
  /** Download folders: searched for sidecars where no ledger knows the file, and for the copies of those that moved. */
  readonly folders?: readonly string[];
  /** The store that holds ledgers of CSVs here. */
  readonly store?: string | undefined;
}

const DEFAULT_FOLDERS = ['youtube_downloads', 'drive_downloads'];
const ORDER = ['path', 'name', 'content', 'medium'];

/**
 * Whose file is this: by path and name, and by content when it was renamed; from the ledgers here, else from the sidecars
 * alone. Every row that has the same bytes, or the same video or file of the host, is named. The file itself need not exist when its
 * name is known. A ledger that cannot be used is passed over and left as it is.
 * @throws RowtrailError `file_missing` when there is no such CSV; `ledger_corrupt`, `ledger_newer`, `access_denied` and the like
 *   when a ledger cannot be used and nothing else knows the file.
 */
export async function findFile(
  file: string,
  { cwd = '.', csvPath, folders = [], store }: FindOptions = {},
): Promise<FoundFile> {
  const path = resolvePlace(file, cwd);
  const homes = [resolve(cwd), ...(csvPath === undefined ? [] : [dirname(resolve(cwd, csvPath))])];
  const usual = homes.flatMap((home) => DEFAULT_FOLDERS.map((folder) => join(home, folder)));
  const places = [...new Set([...folders.map((folder) => resolvePlace(folder, cwd)), ...usual])];
  const asked = await askFor(path);
  const ledgers =
    csvPath === undefined ? await ledgersUnder(resolve(cwd)) : await ledgerOf(resolve(cwd, csvPath));
  const rows: FoundRow[] = [];
  let unusable: RowtrailError | null = null;
  for (const ledger of ledgers) {
    try {
      rows.push(...(await fromLedger(ledger, store, asked, places)));
    } catch (error) {
      if (!(error instanceof RowtrailError)) throw error;
      unusable ??= error;
    }
  }
  if (rows.length > 0) return answer(file, rows, []);
  const { claims, copies, sameMedium, notes } = await searchSidecars(asked, places);
  const found = [...claims, ...copies, ...sameMedium].map((claim) => ofSidecar(claim, places));
  if (found.length === 0 && unusable !== null) throw unusable;
  return answer(file, found, notes);
}

async function fromLedger(
  known: KnownLedger,
  store: string | undefined,
  asked: AskedFile,
  folders: readonly string[],
): Promise<readonly FoundRow[]> {
  const { csvPath } = known;
  const ledger = await openKnownLedger(known, store);
  try {
    const found: FoundRow[] = [];
    const add = async (records: readonly FileRecord[], by: FoundRow['by'] | null) => {
      for (const record of records) found.push(await toFound(record, csvPath, asked.path, folders, by));
    };
    const named = await ledger.filesNamed(basename(asked.path).normalize('NFC'));
    await add(named, null);
    const same = asked.size === null ? [] : await ledger.filesWithHash(await asked.sha256());
    const copies = same.filter(({ size }) => size === asked.size);
    await add(copies, 'content');
    for (const key of new Set([...named, ...copies].map(({ itemKey }) => itemKey))) {
      const [kind, mediaId] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)];
      if (isKind(kind) && !mediaId.startsWith('#'))
        await add(await ledger.filesOfMedium({ kind, mediaId }), 'medium');
    }
    return found;
  } finally {
    await ledger.close();
  }
}

function isKind(kind: string): kind is 'video' | 'transcript' | 'file' {
  return ['video', 'transcript', 'file'].includes(kind);
}

async function toFound(
  record: FileRecord,
  csv: string,
  asked: string,
  folders: readonly string[],
  by: FoundRow['by'] | null,
): Promise<FoundRow> {
  const { rowId, downloadType, path, type, name, email } = record;
  const file = await whereIs(record, folders);
  const isIt = file !== null && (await isSamePlace(file, asked));
  return { rowId, downloadType, path, file, type, name, email, by: isIt ? 'path' : (by ?? 'name'), csv };
}

function ofSidecar({ sidecar, file, by }: Claim, folders: readonly string[]): FoundRow {
  const { rowId, type, name, email } = sidecar.row;
  const { downloadType } = sidecar;
  const [path = basename(file)] = folders.flatMap((folder) => pathBelow(folder, file) ?? []);
  return { rowId, downloadType, path, file, type, name, email, by, csv: null };
}

/** The folder on record may have been moved, or a caller of the API never said it: then the usual ones are tried. */
async function whereIs({ folder, path }: FileRecord, folders: readonly string[]): Promise<string | null> {
  const recorded = folder === null ? null : placeIn(folder, path);
  for (const candidate of [
    ...(recorded === null ? [] : [recorded]),
    ...folders.map((each) => placeIn(each, path)),
  ])
    if (await isFile(candidate)) return candidate;
  return recorded;
}

async function isSamePlace(one: string, other: string): Promise<boolean> {
  if (one === other) return true;
  const [first, second] = await Promise.all([one, other].map((path) => realpath(path).catch(() => path)));
  return first === second;
}

/** The best reason for each row's file, the best first. */
function answer(file: string, rows: readonly FoundRow[], notes: readonly string[]): FoundFile {
  const seen = new Map<string, FoundRow>();
  for (const row of rows.toSorted(byReason)) {
    const key = JSON.stringify([row.csv, row.rowId, row.downloadType, row.path]);
    if (!seen.has(key)) seen.set(key, row);
  }
  const found = [...seen.values()];
  const byId = Map.groupBy(found, ({ rowId }) => rowId);
  const shared = [...byId].flatMap(([rowId, same]) => {
    const csvs = [...new Set(same.flatMap(({ csv }) => (csv === null ? [] : [basename(csv)])))];
    return csvs.length < 2 ? [] : [`row_id ${rowId} stands in ${csvs.join(' and ')}: these are two rows`];
  });
  return { file, rows: found, notes: [...notes, ...shared] };
}

/** Then by row and path, so that the same question has the same answer, whoever gives it. */
function byReason(a: FoundRow, b: FoundRow): number {
  const key = ({ rowId, path }: FoundRow) => `${rowId}\0${path}`;
  return ORDER.indexOf(a.by) - ORDER.indexOf(b.by) || (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await lookAt(path)) !== null;
  } catch {
    return false;
  }
}
