import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CsvRow, type CsvSnapshot, rowSlices } from '../../csv/index.ts';
import { placeIn, readSidecar, type Sidecar } from '../../files/index.ts';
import { type Ledger, type LoggedAttempt, type LoggedChange, type RestoredRow } from '../../ledger/index.ts';
import { DOWNLOAD_TYPES, type DownloadType } from '../../row/index.ts';
import { fileLock } from '../file-lock.ts';
import type { TrackerParts } from '../tracker-parts.ts';
import { changesIn, logsIn } from './read-logs.ts';
import { settleRow } from './settle.ts';
import { type Folders, RowSidecars } from './sidecars.ts';

/** Changes and rows given to the ledger at once. */
const BATCH = 500;
/** Rows asked of the ledger at once. */
const PAGE = 4000;

/** Whether the ledger knows nothing, although the CSV or a log of its runs does. */
export async function isLedgerLost({ place, csv, ledger: lazy }: TrackerParts): Promise<boolean> {
  const ledger = await lazy.existing();
  if (ledger !== null && (await ledger.rowsAfter(null, 1)).length > 0) return false;
  if ((await logsIn(place.runs)).length > 0) return true;
  await using snapshot = await csv.snapshot();
  return await hasEnded(snapshot);
}

/**
 * Makes a lost ledger anew: from the logs of its runs as far as they fit what the CSV's cells and the sidecars say, from these where they do not,
 * or where there are no logs.
 * @param folders the download folders; a sidecar of another row, type or CSV is left alone
 * @returns how many finished downloads it knows by the CSV
 */
export async function rebuildLedger(parts: TrackerParts, folders: Folders): Promise<number> {
  const { place, csv, ledger: lazy } = parts;
  const logs = await logsIn(place.runs);
  await using snapshot = await csv.snapshot();
  if (!(await hasEnded(snapshot)) && !(await tellsAnything(logs))) return 0;
  await lazy.get();
  await using lock = await fileLock(place.writeLock);
  void lock;
  let count = 0;
  const isNew = await lazy.rebuild(async (fresh) => {
    count = await new Rebuild(snapshot, fresh, folders).run(logs);
  });
  return isNew ? count : 0;
}

async function hasEnded({ index }: CsvSnapshot): Promise<boolean> {
  for await (const { from, to } of rowSlices(index.rowCount))
    for (let row = from; row < to; row++)
      for (const type of DOWNLOAD_TYPES) {
        const status = index.status(row, type);
        if (status === 'completed' || status === 'failed') return true;
      }
  return false;
}

async function tellsAnything(logs: readonly string[]): Promise<boolean> {
  for await (const change of changesIn(logs)) return change !== null;
  return false;
}

class Rebuild {
  readonly #snapshot: CsvSnapshot;
  readonly #fresh: Ledger;
  readonly #folders: Folders;
  /** Files of which the newest log line and a sidecar say different things. */
  readonly #contradicted = new Set<string>();
  /** Rows of the CSV that a log knows, by their position. */
  readonly #logged: Uint8Array;
  #sidecars = new RowSidecars();

  constructor(snapshot: CsvSnapshot, fresh: Ledger, folders: Folders) {
    this.#snapshot = snapshot;
    this.#fresh = fresh;
    this.#folders = folders;
    this.#logged = new Uint8Array(snapshot.index.rowCount);
  }

  async run(logs: readonly string[]): Promise<number> {
    this.#sidecars = await RowSidecars.in(this.#folders, ofOtherCsv(this.#snapshot.index.path));
    await this.#replay(logs);
    await this.#findLogged();
    return this.#settle();
  }

  async #replay(logs: readonly string[]): Promise<void> {
    let batch: LoggedChange[] = [];
    for await (const change of changesIn(logs)) {
      batch.push(change.kind === 'attempt' ? await this.#placed(change) : change);
      if (batch.length < BATCH) continue;
      await this.#fresh.replay(batch);
      batch = [];
    }
    await this.#fresh.replay(batch);
  }

  /** Notes what sidecars say of its files, and where they are: a folder of a log is believed where a sidecar in it says the same. */
  async #placed(change: LoggedAttempt): Promise<LoggedAttempt> {
    const { attempt } = change;
    const { downloadType, items, generation } = attempt;
    const key = { rowId: attempt.row.rowId, downloadType };
    for (const file of items.flatMap(({ files }) => files)) {
      const name = fileKey(key.rowId, downloadType, file.path);
      if (this.#sidecars.contradicts(key, generation ?? 1, file)) this.#contradicted.add(name);
      else if (this.#contradicted.size > 0) this.#contradicted.delete(name);
    }
    const own = this.#folders[downloadType];
    const folder = attempt.folder !== own && (await isConfirmed(attempt)) ? attempt.folder : own;
    return { ...change, attempt: { ...attempt, folder } };
  }

  /** Which rows the logs tell of; those that the CSV has no more are known by name from their sidecars, if at all. */
  async #findLogged(): Promise<void> {
    const gone = new Set<string>();
    for (let after: Parameters<Ledger['statusesAfter']>[0] = null; ;) {
      const page = await this.#fresh.statusesAfter(after, PAGE, null);
      for (const rowId of page.rowIds) {
        const position = this.#snapshot.index.findRow(rowId);
        if (position < 0) gone.add(rowId);
        else this.#logged[position] = 1;
      }
      after = page.next;
      if (after === null) break;
    }
    for (const rowId of gone) {
      const type = (await this.#fresh.row(rowId))?.type ?? '';
      const { name, email } = this.#sidecars.whoIs(rowId, type) ?? {};
      if (name !== undefined && email !== undefined)
        await this.#fresh.restore([{ row: { rowId, type, name, email }, told: [] }]);
    }
  }

  async #settle(): Promise<number> {
    const { index } = this.#snapshot;
    const isMeant = (row: number) =>
      this.#logged[row] === 1 ||
      DOWNLOAD_TYPES.some((type) => ['completed', 'failed'].includes(index.status(row, type)));
    let count = 0;
    let rows: CsvRow[] = [];
    const settleAll = async () => {
      await this.#fresh.restore(await Promise.all(rows.map((row) => this.#restored(row))));
      rows = [];
    };
    for await (const row of this.#snapshot.readRows(isMeant)) {
      rows.push(row);
      for (const type of DOWNLOAD_TYPES)
        if (['completed', 'failed'].includes(index.status(row.index, type)) && row.links[type] !== '')
          count++;
      if (rows.length >= BATCH) await settleAll();
    }
    await settleAll();
    return count;
  }

  async #restored(row: CsvRow): Promise<RestoredRow> {
    const { rowId, type, name, email } = row.context;
    const known = this.#logged[row.index] === 1 ? await this.#fresh.row(rowId) : null;
    const told = settleRow({
      row,
      logged: known?.downloads ?? {},
      sidecarsOf: (each) => this.#sidecars.of(rowId, each),
      isContradicted: (each, files) =>
        this.#contradicted.size > 0 &&
        files.some((file) => this.#contradicted.has(fileKey(rowId, each, file))),
      folders: this.#folders,
    });
    return { row: { rowId, type, name, email }, told };
  }
}

/** Whether a sidecar stands in the folder that an attempt names, and says the same of a file. */
async function isConfirmed({ folder, items, row }: LoggedAttempt['attempt']): Promise<boolean> {
  if (folder === null) return false;
  for (const { metadataFile, files } of items) {
    if (metadataFile === null) continue;
    const sidecar = await readSidecar(placeIn(folder, metadataFile)).catch(() => null);
    if (sidecar === null || sidecar.row.rowId !== row.rowId || sidecar.row.type !== row.type) return false;
    const isSame = files.every(({ path, sha256 }) =>
      sidecar.files.some((file) => path.endsWith(file.name) && file.sha256 === sha256),
    );
    if (!isSame) return false;
    return true;
  }
  return false;
}

/** Whether a sidecar is of another CSV that stands beside this one: that a row_id is in both says nothing. */
function ofOtherCsv(csvPath: string): (sidecar: Sidecar) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>();
  return async ({ csv }) => {
    if (csv === null || join(dirname(csvPath), csv) === csvPath) return false;
    const isThere =
      known.get(csv) ??
      stat(join(dirname(csvPath), csv)).then(
        () => true,
        () => false,
      );
    known.set(csv, isThere);
    return isThere;
  };
}

function fileKey(rowId: string, type: DownloadType, path: string): string {
  return JSON.stringify([rowId, type, path]);
}
