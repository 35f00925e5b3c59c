import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { RowtrailError } from '../errors/index.ts';
import { findSidecarOf, hashFile } from '../files/index.ts';
import { type FileRecord, type Ledger, openSqliteLedger } from '../ledger/index.ts';
import type { DownloadType } from '../row/index.ts';
import { LEDGER_FOLDER, placeOf } from './place.ts';

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
  /** How it was found: by this very path, by the name, or by the same bytes under another name. */
  readonly by: 'path' | 'name' | 'content';
}

export interface FoundFile {
  readonly file: string;
  /** Every row that the file belongs to; the row of the very path first. */
  readonly rows: readonly FoundRow[];
}

export interface FindOptions {
  /** Whose `.rowtrail` is searched (default: the working directory). */
  readonly cwd?: string;
  /** Search the ledger of this CSV only. */
  readonly csvPath?: string;
  /** Download folders: searched for sidecars where no ledger knows the file, and for the copies of those that moved. */
  readonly folders?: readonly string[];
}

const DEFAULT_FOLDERS = ['youtube_downloads', 'drive_downloads'];

/**
 * Whose file is this: by path and name, and by content when it was renamed; from the ledgers here, else from the sidecars
 * alone. The file itself need not exist when its name is known. A ledger that cannot be used is passed over and left as it is.
 * @throws RowtrailError `file_missing` when there is no such CSV; `ledger_corrupt`, `ledger_newer`, `access_denied` and the like
 *   when a ledger cannot be used and nothing else knows the file.
 */
export async function findFile(
  file: string,
  { cwd = '.', csvPath, folders = [] }: FindOptions = {},
): Promise<FoundFile> {
  const path = resolve(cwd, file);
  const homes = [resolve(cwd), ...(csvPath === undefined ? [] : [dirname(resolve(cwd, csvPath))])];
  const usual = homes.flatMap((home) => DEFAULT_FOLDERS.map((folder) => join(home, folder)));
  const places = [...new Set([...folders.map((folder) => resolve(cwd, folder)), ...usual])];
  const ledgers =
    csvPath === undefined
      ? await ledgersUnder(resolve(cwd))
      : [(await placeOf(resolve(cwd, csvPath))).ledger];
  let rows: FoundRow[] = [];
  let unusable: RowtrailError | null = null;
  for (const ledgerPath of ledgers) {
    try {
      rows.push(...(await fromLedger(ledgerPath, path, places)));
    } catch (error) {
      if (!(error instanceof RowtrailError)) throw error;
      unusable ??= error;
    }
  }
  if (rows.length === 0) rows = await fromSidecars(path, places);
  if (rows.length === 0 && unusable !== null) throw unusable;
  const order = ['path', 'name', 'content'];
  return { file, rows: rows.toSorted((a, b) => order.indexOf(a.by) - order.indexOf(b.by)) };
}

async function ledgersUnder(cwd: string): Promise<string[]> {
  const names = await readdir(join(cwd, LEDGER_FOLDER)).catch(() => []);
  const paths = names.map((name) => join(cwd, LEDGER_FOLDER, name, 'ledger.db'));
  const there = await Promise.all(paths.map(isFile));
  return paths.filter((_, at) => there[at]);
}

async function fromLedger(
  ledgerPath: string,
  path: string,
  folders: readonly string[],
): Promise<readonly FoundRow[]> {
  if (!(await isFile(ledgerPath))) return [];
  const ledger = await openSqliteLedger(ledgerPath);
  try {
    const named = await ledger.filesNamed(basename(path).normalize('NFC'));
    const found = await Promise.all(named.map((record) => toFound(record, path, folders)));
    const same = found.length === 0 || (await isFile(path)) ? await sameContent(ledger, path) : [];
    const copies = same.map(async (record) => ({
      ...(await toFound(record, path, folders)),
      by: 'content' as const,
    }));
    return unique([...found, ...(await Promise.all(copies))]);
  } finally {
    await ledger.close();
  }
}

/** Rows whose file has the same bytes as this one, whatever either is called. */
async function sameContent(ledger: Ledger, path: string): Promise<readonly FileRecord[]> {
  if (!(await isFile(path))) return [];
  const { size, sha256 } = await hashFile(path, {});
  const records = await ledger.filesWithHash(sha256);
  return records.filter((record) => record.size === size);
}

async function fromSidecars(path: string, folders: readonly string[]): Promise<FoundRow[]> {
  const name = basename(path);
  const beside = await findSidecarOf(path);
  const places = [...(beside ? [beside] : [])];
  for (const folder of folders) {
    if (beside !== null || folder === dirname(path)) continue;
    const found = await findSidecarOf(join(folder, name));
    if (found !== null) places.push(found);
  }
  return unique(
    places.map(({ path: at, sidecar }) => ({
      rowId: sidecar.row.rowId,
      downloadType:
        sidecar.downloadType ??
        (sidecar.kind === 'file' ? 'drive' : sidecar.kind === null ? null : 'youtube'),
      path: name,
      file: join(dirname(at), name),
      type: sidecar.row.type,
      name: sidecar.row.name,
      email: sidecar.row.email,
      by: dirname(at) === dirname(path) ? ('path' as const) : ('name' as const),
    })),
  );
}

/** A file on record, found by its name. */
async function toFound(record: FileRecord, asked: string, folders: readonly string[]): Promise<FoundRow> {
  const { rowId, downloadType, path, type, name, email } = record;
  const file = await whereIs(record, folders);
  const by = file !== null && (await isSamePlace(file, asked)) ? 'path' : 'name';
  return { rowId, downloadType, path, file, type, name, email, by };
}

/** The folder on record may have been moved, or a caller of the API never said it: then the usual ones are tried. */
async function whereIs({ folder, path }: FileRecord, folders: readonly string[]): Promise<string | null> {
  const recorded = folder === null ? null : join(folder, path);
  for (const candidate of [
    ...(recorded === null ? [] : [recorded]),
    ...folders.map((each) => join(each, path)),
  ])
    if (await isFile(candidate)) return candidate;
  return recorded;
}

async function isSamePlace(one: string, other: string): Promise<boolean> {
  if (one === other) return true;
  const [first, second] = await Promise.all([one, other].map((path) => realpath(path).catch(() => path)));
  return first === second;
}

function unique(rows: readonly FoundRow[]): FoundRow[] {
  const seen = new Map<string, FoundRow>();
  for (const row of rows) {
    const key = JSON.stringify([row.rowId, row.downloadType, row.path]);
    if (!seen.has(key)) seen.set(key, row);
  }
  return [...seen.values()];
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
