import { expect, it } from 'vitest';
import { lendTurns, localHostStore, openHosts } from '../../src/hosts/index.ts';
import { hostsContract } from './hosts-contract.ts';

hostsContract(localHostStore);

it('what a host keeps is plain data', async () => {
  const store = localHostStore();
  const host = openHosts({ store, maxWait: 60_000 }).host('YouTube');
  await host.enter({ work: 'one', pauses: 'wait' });
  const state = await store.read('YouTube');
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  expect(state.turns).toHaveLength(1);
});

it('a turn that is lent is taken by whoever enters first, and by nobody else', async () => {
  const hosts = openHosts();
  const turn = await hosts.host('YouTube').enter({ work: 'row', pauses: 'wait' });
  if (turn === null) throw new Error('no turn was given');
  const lent = lendTurns(hosts, [turn]);
  const enter = () => lent.host('YouTube').enter({ work: 'item', pauses: 'leave' });
  expect(await enter()).toBe(turn);
  expect(await enter()).not.toBe(turn);
});
