import { createReadStream, createWriteStream } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import type { ColumnMapping } from '../../csv/index.ts';
import { CsvSnapshot, DEFAULT_COLUMNS } from '../../csv/index.ts';
import { writeDurably } from '../../files/index.ts';
import type { Place } from '../../tracker/index.ts';
import { READ_LOG } from '../verify.ts';
import { formsOf, jsonFormsOfRowId, textsIn } from './person-texts.ts';
import { filesBeside, type Trace } from './traces.ts';

/** A file beside the ledger that tells of a row, and what of it goes: the row's line, lines of a log, steps of a repair, or all of it. */
export interface BesideTrace extends Trace {
  readonly goes: 'row' | 'lines' | 'steps' | 'all';
}

/** Whom to look for. */
export interface Wanted {
  readonly rowId: string;
  /** Row_ids that the row had before, as the logs tell. */
  readonly earlierIds: readonly string[];
  /** Texts that only this person has. */
  readonly texts: readonly string[];
  /** The paths of the row's files. */
  readonly paths: readonly string[];
  readonly columns?: Partial<ColumnMapping> | undefined;
}

/** Backups, logs of runs, journals of repairs and what they moved aside, and whatever else stands beside the ledger and names the person. */
export async function besideTraces(place: Place, wanted: Wanted): Promise<readonly BesideTrace[]> {
  const traces: BesideTrace[] = [];
  for (const file of await filesBeside(place.folder)) {
    const goes = isLedger(file.path, place) ? null : await whatGoes(file.path, place, wanted);
    if (goes !== null) traces.push({ ...file, goes });
  }
  return traces;
}

/** The ledger itself cleans up after itself; those that were set aside do not. */
function isLedger(path: string, { ledger }: Place): boolean {
  return [ledger, `${ledger}-wal`, `${ledger}-shm`].includes(path);
}

async function whatGoes(path: string, place: Place, wanted: Wanted): Promise<BesideTrace['goes'] | null> {
  const { rowId, earlierIds, texts, paths } = wanted;
  const [folder = ''] = relative(place.folder, path).split(sep);
  if (folder === basename(place.backups)) {
    const row = await rowInBackup(path, wanted);
    if (row !== null) return 'row';
    return (await textsIn(path, texts)).size > 0 ? 'all' : null;
  }
  const names = [...texts, ...paths, ...[rowId, ...earlierIds].flatMap(jsonFormsOfRowId)];
  const isNamed = (await textsIn(path, names)).size > 0;
  if (!isNamed && !paths.some((each) => basename(each) === basename(path) && folder === 'repairs'))
    return null;
  if (basename(path) === READ_LOG || path.endsWith('.log')) return 'lines';
  return folder === 'repairs' && /\.json(\.undone)?$/.test(path) && !path.endsWith('_metadata.json')
    ? 'steps'
    : 'all';
}

/** Where the row stands in a backup; null where it does not, or where it is no CSV that can be read. */
async function rowInBackup(path: string, { rowId, columns }: Wanted) {
  const mapping = columns === undefined ? {} : { columns: { ...DEFAULT_COLUMNS, ...columns } };
  const snapshot = await CsvSnapshot.open(path, mapping).catch(() => null);
  if (snapshot === null) return null;
  await using opened = snapshot;
  const row = opened.index.findRow(rowId);
  return row < 0 ? null : opened.extentOf(row);
}

/** Takes out of a file what is to go; what is left of it is whole at every moment. */
export async function cleanBeside({ path, goes }: BesideTrace, wanted: Wanted): Promise<void> {
  if (goes === 'all') return rm(path, { force: true });
  if (goes === 'row') {
    const extent = await rowInBackup(path, wanted);
    const bytes = await readFile(path);
    if (extent !== null)
      await replace(path, Buffer.concat([bytes.subarray(0, extent.start), bytes.subarray(extent.end)]));
    // An earlier name of the person, or a row_id in another form: the backup is not worth more than the promise.
    if ((await textsIn(path, wanted.texts)).size > 0) await rm(path, { force: true });
    return;
  }
  const isMeant = mentions(wanted);
  if (goes === 'lines') return withoutLines(path, isMeant);
  const journal = parsed(await readFile(path, 'utf8'));
  if (journal === null) return rm(path, { force: true });
  const steps = journal.steps.filter((step) => !isMeant(JSON.stringify(step)));
  if (steps.length === 0) return rm(path, { force: true });
  return replace(path, Buffer.from(JSON.stringify({ ...journal, steps }, null, 1)));
}

function mentions({ rowId, earlierIds, texts, paths }: Wanted): (json: string) => boolean {
  const forms = [...texts, ...paths].flatMap(formsOf);
  const all = [...forms, ...[rowId, ...earlierIds].flatMap(jsonFormsOfRowId)];
  return (json) => all.some((form) => json.includes(form));
}

function parsed(text: string): { readonly steps: readonly unknown[] } | null {
  try {
    const value: unknown = JSON.parse(text);
    const steps = value !== null && typeof value === 'object' && 'steps' in value ? value.steps : null;
    return Array.isArray(steps) ? { ...(value as object), steps } : null;
  } catch {
    return null;
  }
}

/** The memory that this takes does not grow with the log: that of a run of a million rows has a gigabyte. */
async function withoutLines(path: string, isMeant: (line: string) => boolean): Promise<void> {
  const part = partOf(path);
  await rm(part, { force: true });
  const lines = async function* () {
    // Byte for byte: whatever else stands in a line is not ours to change.
    const read = createInterface({ input: createReadStream(path, 'latin1'), crlfDelay: Infinity });
    for await (const line of read)
      if (line === '' || !isMeant(Buffer.from(line, 'latin1').toString('utf8'))) yield `${line}\n`;
  };
  const file = await open(part, 'wx');
  try {
    await pipeline(lines, createWriteStream(part, { encoding: 'latin1' }));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
}

function partOf(path: string): string {
  return join(path, '..', `.${basename(path)}.new`);
}

async function replace(path: string, bytes: Buffer): Promise<void> {
  const part = partOf(path);
  await rm(part, { force: true });
  await writeDurably(part, bytes);
  await rename(part, path);
}
