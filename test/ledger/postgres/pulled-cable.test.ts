import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { CsvStore } from '../../../src/ledger/index.ts';
import { networkNamespace, whyNoNamespaces } from '../../support/network-namespace.ts';
import { startPostgres } from '../../support/postgres.ts';

const RECORDER = fileURLToPath(new URL('record-rows.ts', import.meta.url));
const ROWS = 600;

const reason = whyNoNamespaces();
if (reason !== null)
  process.stderr.write(
    `no network namespaces on this machine, a proxy that drops is tested instead: ${reason}\n`,
  );

it.skipIf(reason !== null)(
  'a process whose cable is pulled loses nothing and writes nothing twice',
  async () => {
    const { url } = await startPostgres();
    const store = await CsvStore.open(url);
    const csv = await store.enter({ key: randomUUID(), name: 'people.csv', place: 'here' });
    const ledger = store.ledger(csv);
    const network = networkNamespace();
    const [command = '', ...prefix] = network.prefix;
    const args = [...prefix, process.execPath, RECORDER, await network.urlOf(url), csv.key, String(ROWS)];
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = once(child, 'close');
    const recorded = async () => (await ledger.attemptsSince(null)).youtube.completed;
    for (const [upTo, away] of [
      [50, 20_000],
      [300, 4000],
    ] as const) {
      await expect.poll(recorded, { timeout: 60_000, interval: 20 }).toBeGreaterThan(upTo);
      network.pull();
      await sleep(away);
      expect(child.exitCode).toBeNull();
      expect(await recorded()).toBeLessThan(ROWS);
      network.plugIn();
    }
    expect(await ended).toEqual([0, null]);
    expect(await recorded()).toBe(ROWS);
    for (let row = 0; row < ROWS; row++)
      expect((await ledger.attemptsOf(String(row)))[0]?.attempts).toHaveLength(1);
    await store.close();
  },
);
