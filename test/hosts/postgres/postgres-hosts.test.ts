import { afterAll, beforeAll } from 'vitest';
import { CsvStore } from '../../../src/ledger/index.ts';
import { startPostgres } from '../../support/postgres.ts';
import { hostsContract } from '../hosts-contract.ts';
import { handMovedStores } from './fixtures.ts';

let csvStore: CsvStore;
const stores = handMovedStores(() => csvStore);

beforeAll(async () => {
  csvStore = await CsvStore.open((await startPostgres()).url);
});
afterAll(async () => {
  await stores.close();
  await csvStore.close();
});

hostsContract(stores.openStore, stores.settled);
