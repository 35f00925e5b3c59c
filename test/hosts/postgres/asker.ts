import { get } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, openHosts, postgresHostStore } from '../../../src/hosts/index.ts';
import { CsvStore } from '../../../src/ledger/index.ts';

/**
 * Asks a server on loopback in turns until it is told to end, as a worker on a machine of its own would.
 * Arguments: store, server, concurrency, pace (ms), how far its clock is off (ms), how many ask at once.
 */
const [store = '', server = '', concurrency = '1', pace = '0', off = '0', askers = '4'] =
  process.argv.slice(2);
const clock: Clock = {
  now: () => Date.now() + Number(off),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, signal ? { signal } : {}),
};
const csvStore = await CsvStore.open(store);
const shared = postgresHostStore({ database: csvStore.database, clock });
const host = openHosts({
  policyOf: () => ({ pace: Number(pace), concurrency: Number(concurrency) }),
  maxWait: 600_000,
  clock,
  store: shared,
  onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
}).host('loopback');

const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

async function work(name: string): Promise<void> {
  while (!stop.signal.aborted) {
    const turn = await host.enter({ work: name, pauses: 'wait', signal: stop.signal });
    if (turn === null) throw new Error('no pause is longer than it waits');
    const status = await ask(AbortSignal.any([stop.signal, turn.lost]));
    if (turn.lost.aborted) process.stdout.write('lost\n');
    if (status === null) await turn.left();
    else if (status === 200) await turn.end(null);
    else {
      const notBefore = new Date(clock.now() + 62_000).toISOString();
      await turn.end({ cause: 'too_many_requests', message: 'Slow down.', notBefore });
    }
  }
}

/** @returns null where it was broken off */
async function ask(signal: AbortSignal): Promise<number | null> {
  try {
    const request = get(server, { signal, agent: false, headers: { 'x-asker': process.pid } });
    const [response] = await once(request, 'response');
    response.resume();
    await once(response, 'end');
    return response.statusCode;
  } catch {
    return null;
  }
}

process.stdout.write('ready\n');
await Promise.all(Array.from({ length: Number(askers) }, (_, n) => work(`${n}`))).catch((error: unknown) => {
  if (!stop.signal.aborted) throw error;
});
await shared.close();
await csvStore.close();
