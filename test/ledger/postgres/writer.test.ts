import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CsvStore } from '../../../src/ledger/index.ts';
import { startPostgres } from '../../support/postgres.ts';
import { attempt, failed, ROW } from '../fixtures.ts';

let store: CsvStore;
beforeAll(async () => {
  store = await CsvStore.open((await startPostgres()).url);
});
afterAll(() => store.close());

it('records the results of a row in the order in which they are asked for, while those of others go on beside them', async () => {
  const steps = fc.array(fc.record({ row: fc.nat(5), turns: fc.nat(3) }), { minLength: 20, maxLength: 120 });
  await fc.assert(
    fc.asyncProperty(steps, async (asked) => {
      const csv = await store.enter({ key: randomUUID(), name: 'people.csv', place: 'here' });
      const ledger = store.ledger(csv);
      const recording: Promise<unknown>[] = [];
      const expected = new Map<string, string[]>();
      for (const [n, { row, turns }] of asked.entries()) {
        const rowId = String(row);
        const message = `attempt ${n}`;
        expected.set(rowId, [...(expected.get(rowId) ?? []), message]);
        recording.push(
          ledger.record(
            attempt({ row: { ...ROW, rowId }, items: [], outcome: failed('timeout', { message }) }),
          ),
        );
        for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      }
      await Promise.all(recording);
      for (const [rowId, messages] of expected) {
        const [generation] = await ledger.attemptsOf(rowId);
        expect(generation?.attempts.map(({ message }) => message)).toEqual(messages);
        expect((await ledger.row(rowId))?.downloads.youtube?.attempts).toBe(messages.length);
      }
      await ledger.close();
    }),
    { numRuns: 15 },
  );
});

it('does everything that was asked for before it is closed', async () => {
  const csv = await store.enter({ key: randomUUID(), name: 'people.csv', place: 'here' });
  const ledger = store.ledger(csv);
  const asked = Array.from({ length: 700 }, (_, n) =>
    ledger.record(
      attempt({ row: { ...ROW, rowId: String(n % 400) }, items: [], outcome: failed('timeout') }),
    ),
  );
  await ledger.close();
  expect((await Promise.allSettled(asked)).every(({ status }) => status === 'fulfilled')).toBe(true);
  await expect(ledger.record(attempt({}))).rejects.toThrow('the ledger is closed');
});
