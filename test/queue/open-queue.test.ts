import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CsvStore } from '../../src/ledger/index.ts';
import { openQueue } from '../../src/queue/index.ts';
import { startPostgres } from '../support/postgres.ts';
import manifest from '../../package.json' with { type: 'json' };
import { job } from './fixtures.ts';

let url: string;
let store: CsvStore;

beforeAll(async () => {
  ({ url } = await startPostgres());
  store = await CsvStore.open(url);
});
afterAll(() => store.close());

it('is made by whoever comes first, when several come at once', async () => {
  const queues = await Promise.all(Array.from({ length: 4 }, () => openQueue(store.connections)));
  expect(await queues[0]?.enqueue([job('1')])).toBe(1);
  expect(await queues[3]?.take('drive', 2)).toHaveLength(1);
  for (const queue of queues) await queue.close();
});

it('refuses tables that a newer pg-boss made, and changes nothing', async () => {
  await (await openQueue(store.connections)).close();
  const { connections } = store;
  const before = await connections.rows('SELECT version FROM rowtrail_queue.version');
  await connections.change('UPDATE rowtrail_queue.version SET version = 999');
  await expect(openQueue(connections)).rejects.toMatchObject({
    code: 'ledger_newer',
    message: expect.stringMatching(/has format 999, this rowtrail's pg-boss knows formats up to \d+/),
  });
  await connections.change('UPDATE rowtrail_queue.version SET version = $1', [
    (before[0] as { readonly version: number }).version,
  ]);
  await (await openQueue(connections)).close();
});

it('leaves a job that a newer rowtrail wrote to those that know it', async () => {
  const queue = await openQueue(store.connections);
  const given = [job('1', { downloadType: 'youtube' }), job('2', { downloadType: 'youtube' })];
  await queue.enqueue(given);
  const mark = (format: number) =>
    store.connections.change(
      `UPDATE rowtrail_queue.job SET data = jsonb_set(data, '{format}', '${format}') WHERE name = 'youtube' AND data->'row'->>'rowId' = '2'`,
    );
  await mark(2);
  await expect(queue.take('youtube', 5)).rejects.toMatchObject({
    code: 'ledger_newer',
    message: expect.stringContaining('left to newer workers'),
  });
  expect(await queue.counts()).toMatchObject({ waiting: 2 });
  await mark(1);
  expect((await queue.take('youtube', 5)).map(({ retryCount }) => retryCount)).toEqual([0, 0]);
  await queue.close();
});

it('names the command that installs its library, where that is missing', () => {
  const program = `
    import { registerHooks } from 'node:module';
    registerHooks({
      resolve(name, context, next) {
        if (name !== 'pg-boss') return next(name, context);
        throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
      },
    });
    const { CsvStore } = await import('./src/ledger/index.ts');
    const { openQueue } = await import('./src/queue/index.ts');
    const store = await CsvStore.open('${url}');
    await openQueue(store.connections).catch((error) => process.stdout.write(error.code + ': ' + error.message));
  `;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  const { peerDependencies } = manifest;
  expect(stdout).toBe(
    `usage: the queue of a store needs a library that is not installed: npm install pg-boss@${peerDependencies['pg-boss']}`,
  );
});

it('keeps no process alive that has it open and asks nothing', () => {
  const program = `
    import { CsvStore } from './src/ledger/index.ts';
    import { openQueue } from './src/queue/index.ts';
    const store = await CsvStore.open('${url}');
    const queue = await openQueue(store.connections);
    await queue.counts();
    process.stdout.write('asked');
  `;
  const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect([stdout, signal]).toEqual(['asked', null]);
});
