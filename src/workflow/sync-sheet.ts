import { chmod, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { backupCsv, type ColumnMapping, CsvSnapshot, DEFAULT_COLUMNS } from '../csv/index.ts';
import { fileError, RowtrailError } from '../errors/index.ts';
import { safeBase, syncFolder, writeDurably } from '../files/index.ts';
import { TRACKING_COLUMNS, type TrackingCells } from '../row/index.ts';
import { fetchSheet, parseSheetAddress, resolveNetwork } from '../sources/index.ts';
import { fileLock, placeOf } from '../tracker/index.ts';

export interface SheetCopyOptions {
  /** Where the local copy stands (default: the working directory). */
  readonly folder?: string | undefined;
  readonly columns?: Partial<ColumnMapping> | undefined;
  readonly proxy?: string | undefined;
  readonly caCert?: string | undefined;
  readonly driveApiKey?: string | undefined;
  readonly googleCredentials?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly now?: (() => Date) | undefined;
}

/** A Google Sheet's local copy after it was fetched. */
export interface SheetCopy {
  /** The CSV to work on; its name ends with the sheet's id, so that the next fetch finds it. */
  readonly csvPath: string;
  /** Whether it was made now. */
  readonly isNew: boolean;
  readonly rows: number;
  /** Rows that came, went, or whose name, e-mail, type or links changed since the last fetch. */
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

const BACKUPS_KEPT = 20;
const MAX_TITLE_BYTES = 80;
/** Letters that nobody types and no title has, so that a cell is told from a cell. */
const BETWEEN = '\0';

/**
 * Fetches one tab of a Google Sheet into a local CSV beside which the ledger stands. Rows, order and cells are the sheet's;
 * the tracking cells are those of the local copy, by row_id, and never the sheet's. What changed is then taken in like any edit of a person: a
 * changed link begins a new generation, and nothing of a row goes to another. The copy of before is kept among the backups. The sheet is only read.
 * @param address as a browser shows it, with `gid` for a tab other than the first
 * @throws RowtrailError (malformed_link, not_shared, csv_invalid where the sheet lacks a column, of the network); the local copy is as it was then
 */
export async function syncSheet(address: string, options: SheetCopyOptions = {}): Promise<SheetCopy> {
  const { folder = '.', now = () => new Date(), signal } = options;
  const home = resolve(folder);
  const { bytes, name } = await fetchSheet(address, {
    network: resolveNetwork({ proxy: options.proxy, caCert: options.caCert }),
    apiKey: options.driveApiKey,
    googleCredentials: options.googleCredentials,
    signal,
    now,
  });
  const known = await copyOf(address, home);
  const csvPath = join(home, known ?? nameFor(address, name));
  const fetched = join(home, `.${known ?? nameFor(address, name)}.fetched`);
  const columns = { ...DEFAULT_COLUMNS, ...options.columns };
  try {
    await writeDurably(fetched, bytes);
    if (known === null) {
      const { rows } = await merge(fetched, new Map(), columns, address);
      await rename(fetched, csvPath);
      await syncFolder(home);
      return { csvPath, isNew: true, rows: rows.size, added: rows.size, removed: 0, changed: 0 };
    }
    const place = await placeOf(csvPath);
    // A write-back between the reading of the old cells and the rename would be lost.
    await using lock = await fileLock(place.writeLock);
    void lock;
    const before = await localRows(csvPath, columns);
    const { rows } = await merge(fetched, before, columns, address);
    const had = [...before].filter(([rowId]) => rows.has(rowId));
    const counts = {
      rows: rows.size,
      added: rows.size - had.length,
      removed: before.size - had.length,
      changed: had.filter(([rowId, { said }]) => rows.get(rowId) !== said).length,
    };
    if (!(await readFile(fetched)).equals(await readFile(csvPath))) {
      await backupCsv(place.csv, place.backups, { keep: BACKUPS_KEPT, now: now() });
      await chmod(fetched, (await stat(csvPath)).mode);
      await rename(fetched, place.csv);
      await syncFolder(home);
    }
    return { csvPath, isNew: false, ...counts };
  } catch (error) {
    throw fileError(error, 'The copy of the sheet cannot be written', { file: csvPath });
  } finally {
    await rm(fetched, { force: true });
  }
}

/** What a row says besides its tracking cells, and these. */
interface LocalRow {
  readonly said: string;
  readonly tracking: TrackingCells;
}

const NO_CELLS = Object.fromEntries(TRACKING_COLUMNS.map((column) => [column, ''])) as TrackingCells;

/** Gives the fetched file the tracking columns and cells of the local copy. */
async function merge(
  path: string,
  before: ReadonlyMap<string, LocalRow>,
  columns: ColumnMapping,
  address: string,
): Promise<{ readonly rows: ReadonlyMap<string, string> }> {
  await using snapshot = await CsvSnapshot.open(path, { columns }).catch(unusable(address));
  const rows = new Map<string, string>();
  const edits = new Map<number, TrackingCells>();
  let at = 0;
  for await (const row of snapshot.readRows(() => true)) {
    const { rowId } = row.context;
    rows.set(rowId, saidOf(row));
    edits.set(at++, before.get(rowId)?.tracking ?? NO_CELLS);
  }
  await snapshot.rewrite({ edits, addTrackingColumns: true }).catch(unusable(address));
  return { rows };
}

/** What is wrong with the file is wrong with the sheet. */
function unusable(address: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof RowtrailError)) throw error;
    throw new RowtrailError(
      error.code,
      `The sheet ${address.slice(0, 200)} cannot be used: ${error.message}`,
    );
  };
}

async function localRows(path: string, columns: ColumnMapping): Promise<Map<string, LocalRow>> {
  await using snapshot = await CsvSnapshot.open(path, { columns });
  const rows = new Map<string, LocalRow>();
  for await (const row of snapshot.readRows(() => true))
    rows.set(row.context.rowId, { said: saidOf(row), tracking: row.tracking });
  return rows;
}

function saidOf({ context, links }: Awaited<ReturnType<CsvSnapshot['readRow']>>): string {
  const { type, name, email } = context;
  return [type, name, email, links.youtube, links.drive].join(BETWEEN);
}

/** The end of the local copy's name: the sheet's title may change, its id does not. */
function endingOf(address: string): string {
  const { id, gid } = parseSheetAddress(address);
  return `${id}${gid === '0' ? '' : `_${gid}`}.csv`;
}

/** The local copy that an earlier fetch made, or null. */
async function copyOf(address: string, folder: string): Promise<string | null> {
  const ending = `_${endingOf(address)}`;
  const names = await readdir(folder);
  return names.filter((name) => !name.startsWith('.') && name.endsWith(ending)).toSorted()[0] ?? null;
}

function nameFor(address: string, title: string | null): string {
  return `${safeBase((title ?? '').replace(/\.csv$/i, '') || 'sheet', MAX_TITLE_BYTES)}_${endingOf(address)}`;
}
