import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { CsvStore } from '../../../src/ledger/index.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { custodyContract } from '../custody-contract.ts';
import { historyContract } from '../history-contract.ts';
import { ledgerContract } from '../ledger-contract.ts';

let postgres: TestPostgres;
let store: CsvStore;

beforeAll(async () => {
  postgres = await startPostgres();
  store = await CsvStore.open(postgres.url);
});
afterAll(() => store.close());

/** The ledger of a CSV that nobody else has: all tests share one store. */
const open = async () =>
  store.ledger(await store.enter({ key: randomUUID(), name: 'people.csv', place: 'here' }));

ledgerContract('postgres', open);
historyContract('postgres', open);
custodyContract('postgres', open);
