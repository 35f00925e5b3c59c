import { expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { WITH_LEDGER } from '../../src/cli/start.ts';

it('the start has the ledger begin for each command that opens one on this machine', () => {
  const opening = COMMANDS.flatMap(({ name, usesLedger }) => (usesLedger === true ? [name] : []));
  expect([...WITH_LEDGER, 'worker'].toSorted()).toEqual(opening.toSorted());
});
