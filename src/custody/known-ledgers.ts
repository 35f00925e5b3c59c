import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LEDGER_FOLDER, type LedgerPlace, placeOf } from '../tracker/index.ts';

/** A ledger, and the CSV that it belongs to; the CSV need not be there any more. */
export interface KnownLedger extends LedgerPlace {
  readonly csvPath: string;
}

/** The ledgers in the `.rowtrail` of a folder. */
export async function ledgersUnder(folder: string): Promise<readonly KnownLedger[]> {
  const known = await placesUnder(folder);
  const there = await Promise.all(known.map(isThere));
  return known.filter((_, at) => there[at]);
}

/** The same, and CSVs that were worked on and whose ledger is lost: it can be made anew. */
export async function workedOnUnder(folder: string): Promise<readonly KnownLedger[]> {
  const known = await placesUnder(folder);
  const there = await Promise.all(known.map(async (each) => (await isThere(each)) || isFile(each.csvPath)));
  return known.filter((_, at) => there[at]);
}

async function placesUnder(folder: string): Promise<readonly KnownLedger[]> {
  const names = await readdir(join(folder, LEDGER_FOLDER)).catch(() => []);
  return names.toSorted().map((name) => ({
    csvPath: join(folder, name),
    ledgerPath: join(folder, LEDGER_FOLDER, name, 'ledger.db'),
    storeNote: join(folder, LEDGER_FOLDER, name, 'store.json'),
  }));
}

/**
 * The ledger of a CSV, or none where nothing was ever recorded.
 * @throws RowtrailError `file_missing` when there is no such CSV
 */
export async function ledgerOf(csvPath: string): Promise<readonly KnownLedger[]> {
  const { csv, ledger, storeNote } = await placeOf(csvPath);
  const known = { csvPath: csv, ledgerPath: ledger, storeNote };
  return (await isThere(known)) ? [known] : [];
}

/** The CSVs beside this one that rowtrail works on, by their base names; this one is not among them. */
export async function otherCsvs(csvPath: string): Promise<readonly string[]> {
  const known = await ledgersUnder(dirname(csvPath));
  const others = known.map((each) => each.csvPath).filter((path) => path !== csvPath);
  const there = await Promise.all(others.map(isFile));
  return others.filter((_, at) => there[at]);
}

async function isThere({ ledgerPath, storeNote }: LedgerPlace): Promise<boolean> {
  return (await isFile(ledgerPath)) || isFile(storeNote);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
