import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
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
  /** Download folders whose sidecars are searched where no ledger knows the file, besides the file's own folder. */
  readonly folders?: readonly string[];
}

const DEFAULT_FOLDERS = ['youtube_downloads', 'drive_downloads'];

/**
 * Whose file is this: by path and name, and by content when it was renamed; from the ledgers here, else from the sidecars
 * alone. The file itself need not exist when its name is known.
 */
export async function findFile(
  file: string,
  { cwd = '.', csvPath, folders = [] }: FindOptions = {},
): Promise<FoundFile> {
  const path = resolve(cwd, file);
  const ledgers =
    csvPath === undefined
      ? await ledgersUnder(resolve(cwd))
      : [(await placeOf(resolve(cwd, csvPath))).ledger];
  let rows: FoundRow[] = [];
  for (const ledgerPath of ledgers) rows.push(...(await fromLedger(ledgerPath, path)));
  if (rows.length === 0)
    rows = await fromSidecars(
      path,
      [...folders, ...DEFAULT_FOLDERS].map((folder) => resolve(cwd, folder)),
    );
  const order = ['path', 'name', 'content'];
  return { file, rows: rows.toSorted((a, b) => order.indexOf(a.by) - order.indexOf(b.by)) };
}

async function ledgersUnder(cwd: string): Promise<string[]> {
  const names = await readdir(join(cwd, LEDGER_FOLDER)).catch(() => []);
  const paths = names.map((name) => join(cwd, LEDGER_FOLDER, name, 'ledger.db'));
  const there = await Promise.all(paths.map(isFile));
  return paths.filter((_, at) => there[at]);
}

async function fromLedger(ledgerPath: string, path: string): Promise<FoundRow[]> {
  if (!(await isFile(ledgerPath))) return [];
  const ledger = await openSqliteLedger(ledgerPath);
  try {
    const named = await ledger.filesNamed(basename(path).normalize('NFC'));
    const real = await realpath(path).catch(() => path);
    const found = named.map((record) =>
      toFound(record, record.folder !== null && join(record.folder, record.path) === real ? 'path' : 'name'),
    );
    const same = found.length === 0 || (await isFile(path)) ? await sameContent(ledger, path, named) : [];
    return unique([...found, ...same]);
  } finally {
    await ledger.close();
  }
}

/** Rows whose file has the same bytes as this one, whatever either is called. */
async function sameContent(ledger: Ledger, path: string, known: readonly FileRecord[]): Promise<FoundRow[]> {
  if (!(await isFile(path))) return [];
  const { size, sha256 } = await hashFile(path, {});
  const records = await ledger.filesWithHash(sha256);
  return records
    .filter((record) => record.size === size && !known.includes(record))
    .map((record) => toFound(record, 'content'));
}

async function fromSidecars(path: string, folders: readonly string[]): Promise<FoundRow[]> {
  const beside = await findSidecarOf(path);
  const places = [...(beside ? [beside] : [])];
  for (const folder of folders) {
    if (beside !== null || folder === dirname(path)) continue;
    const found = await findSidecarOf(join(folder, basename(path)));
    if (found !== null) places.push(found);
  }
  return unique(
    places.map(({ path: at, sidecar }) => ({
      rowId: sidecar.row.rowId,
      downloadType:
        sidecar.downloadType ??
        (sidecar.kind === 'file' ? 'drive' : sidecar.kind === null ? null : 'youtube'),
      path: relative(dirname(at), join(dirname(at), basename(path)))
        .split(sep)
        .join('/'),
      type: sidecar.row.type,
      name: sidecar.row.name,
      email: sidecar.row.email,
      by: dirname(at) === dirname(path) ? ('path' as const) : ('name' as const),
    })),
  );
}

function toFound({ rowId, downloadType, path, type, name, email }: FileRecord, by: FoundRow['by']): FoundRow {
  return { rowId, downloadType, path, type, name, email, by };
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
