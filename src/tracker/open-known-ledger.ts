import { RowtrailError } from '../errors/index.ts';
import { CsvStore, type Ledger, openSqliteLedger } from '../ledger/index.ts';
import { readStoreNote } from './store-note.ts';

/** Where a ledger is: in a file, or in a store, as a note says. */
export interface LedgerPlace {
  readonly ledgerPath: string;
  readonly storeNote: string;
}

/**
 * Opens a ledger without its CSV, which may be gone. Closing it closes the store, too.
 * @param store the address of the store that was given
 * @throws RowtrailError `usage` where it is in a store and none was given, or in another one; as whatever opens it
 */
export async function openKnownLedger(
  { ledgerPath, storeNote }: LedgerPlace,
  store: string | undefined,
): Promise<Ledger> {
  const note = await readStoreNote(storeNote);
  if (note === null) return openSqliteLedger(ledgerPath);
  if (store === undefined)
    throw new RowtrailError(
      'usage',
      `its ledger is in the store ${note.store}: give it with --store, or as ROWTRAIL_STORE`,
      { file: storeNote },
    );
  const opened = await CsvStore.open(store);
  const csv = await opened.find(note.csv).catch(async (error: unknown) => {
    await opened.close();
    throw error;
  });
  if (csv === null) {
    await opened.close();
    throw new RowtrailError('usage', `its ledger is in the store ${note.store}, not in ${opened.shown}`, {
      file: storeNote,
    });
  }
  return opened.ledgerAlone(csv);
}
