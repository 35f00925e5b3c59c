import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';
import { screen } from './screen.ts';
import { SITUATIONS } from './situations.ts';

let home: string;
beforeAll(() => {
  home = process.cwd();
});
afterAll(() => process.chdir(home));

async function failedRows(config: string): Promise<void> {
  const folder = await tempFolder();
  await SITUATIONS['failed-rows'](folder);
  process.chdir(folder);
  await writeFile('rowtrail.config.yaml', config);
}

const jsonOf = async (env: NodeJS.ProcessEnv, ...words: string[]) =>
  JSON.parse((await screen(['alerts', 'people.csv', ...words, '--json'], { env })).stdout) as {
    alerts: { name: string; value: number }[];
    deliveries?: { target: string; ok: boolean }[];
  };

describe('alerts', () => {
  it('end with 4 when one holds, with 0 when none does', async () => {
    await failedRows('');
    const { code, stdout } = await screen(['alerts', 'people.csv']);
    expect(code).toBe(4);
    expect(stdout).toContain('high_failure_rate');
    expect(stdout).toContain('rowtrail failed people.csv --by remedy');
    await writeFile(
      'rowtrail.config.yaml',
      "alerts: [{name: high_failure_rate, metric: error_rate, comparison: '>', threshold: 0.9}]\n",
    );
    expect(await screen(['alerts', 'people.csv'])).toMatchObject({
      code: 0,
      stdout: 'No alerts: everything is as it should be.\n',
    });
  });

  it('of the configuration hold besides the defaults, metric in snake_case', async () => {
    await failedRows(
      "alerts: [{name: any_pending, metric: pending_downloads, comparison: '>=', threshold: 1}]\n",
    );
    const { alerts } = await jsonOf({});
    expect(alerts.map(({ name }) => name).toSorted()).toEqual(['any_pending', 'high_failure_rate']);
  });
});

describe('alerts --deliver', () => {
  it('posts signed JSON to the webhook once, and not again while nothing changes', async () => {
    const posts: { body: string; signature: unknown }[] = [];
    const server = createServer((request, response) => {
      const answer = async () => {
        posts.push({ body: await text(request), signature: request.headers['x-rowtrail-signature'] });
        response.end();
      };
      void answer();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    await failedRows(`alert_webhook: http://127.0.0.1:${port}/hook\nalert_secret_file: secret.txt\n`);
    await writeFile('secret.txt', 'hunter2\n');

    const first = await jsonOf({}, '--deliver');
    expect(first.deliveries).toMatchObject([{ target: 'webhook', ok: true }]);
    const [post] = posts;
    expect(post?.signature).toBe(
      `sha256=${createHmac('sha256', 'hunter2')
        .update(post?.body ?? '')
        .digest('hex')}`,
    );
    expect(post?.body).toContain('high_failure_rate');
    expect(post?.body).not.toMatch(/@example\.org|Turing/);

    expect((await jsonOf({}, '--deliver')).deliveries).toEqual([]);
    expect(posts.length).toBe(1);
  });

  it('gives a command the same on its stdin', async () => {
    await failedRows(
      `alert_command: [${process.execPath}, -e, "process.stdin.pipe(require('fs').createWriteStream('got.json'))"]\n`,
    );
    expect((await jsonOf({}, '--deliver')).deliveries).toMatchObject([{ target: 'command', ok: true }]);
    expect(await readFile('got.json', 'utf8')).toContain('high_failure_rate');
  });

  it('ends with 1 when somebody could not be told, without a word of the secret', async () => {
    await failedRows('alert_command: [/nowhere/notify]\n');
    const { code, stdout } = await screen(['alerts', 'people.csv', '--deliver'], {
      env: { ROWTRAIL_ALERT_SECRET: 'hunter2' },
    });
    expect(code).toBe(1);
    expect(stdout).toContain('not told the command');
    expect(stdout).not.toContain('hunter2');
  });

  it('is wrong usage when nobody is set to be told, or the secret is not there', async () => {
    await failedRows('');
    await expect(screen(['alerts', 'people.csv', '--deliver'])).rejects.toThrow(
      'nobody is set to be told of alerts',
    );
    await failedRows('alert_command: [cat]\nalert_secret_file: nowhere.txt\n');
    await expect(screen(['alerts', 'people.csv', '--deliver'])).rejects.toThrow(
      'alert_secret_file cannot be read',
    );
  });
});
