import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LEDGER_FOLDER, placeOf } from '../tracker/index.ts';

/** A ledger, and the CSV that it belongs to; the CSV need not be there any more. */
export interface KnownLedger {
  readonly csvPath: string;
  readonly ledgerPath: string;
}

/** The ledgers in the `.rowtrail` of a folder. */
export async function ledgersUnder(folder: string): Promise<readonly KnownLedger[]> {
  const names = await readdir(join(folder, LEDGER_FOLDER)).catch(() => []);
  const known = names.toSorted().map((name) => ({
    csvPath: join(folder, name),
    ledgerPath: join(folder, LEDGER_FOLDER, name, 'ledger.db'),
  }));
  const there = await Promise.all(known.map(({ ledgerPath }) => isFile(ledgerPath)));
  return known.filter((_, at) => there[at]);
}

/**
 * The ledger of a CSV, or none where nothing was ever recorded.
 * @throws RowtrailError `file_missing` when there is no such CSV
 */
export async function ledgerOf(csvPath: string): Promise<readonly KnownLedger[]> {
  const { csv, ledger } = await placeOf(csvPath);
  return (await isFile(ledger)) ? [{ csvPath: csv, ledgerPath: ledger }] : [];
}

/** The CSVs beside this one that rowtrail works on, by their base names; this one is not among them. */
export async function otherCsvs(csvPath: string): Promise<readonly string[]> {
  const known = await ledgersUnder(dirname(csvPath));
  const others = known.map((each) => each.csvPath).filter((path) => path !== csvPath);
  const there = await Promise.all(others.map(isFile));
  return others.filter((_, at) => there[at]);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
