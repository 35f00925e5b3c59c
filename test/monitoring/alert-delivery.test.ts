import { createHmac } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AlertDesk } from '../../src/monitoring/alerts/alert-desk.ts';
import { alertConditions } from '../../src/monitoring/alerts/condition.ts';
import { type AlertTargets, deliverAlerts } from '../../src/monitoring/alerts/deliver.ts';
import { type Alert, triggeredAlerts } from '../../src/monitoring/alerts/evaluate.ts';
import { readProcessTree } from '../../src/monitoring/process-tree.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { metricsAt, NOW } from './fixtures.ts';

function alertsNow(metrics: Parameters<typeof metricsAt>[1]): readonly Alert[] {
  return triggeredAlerts(alertConditions(), {
    metrics: metricsAt(NOW, metrics),
    samples: [],
    csvPath: 'p.csv',
  });
}

const FAILING = alertsNow({ errorRate: 0.5 });

/** A clock that waits for nothing and remembers how long it would have waited. */
function quickClock() {
  const slept: number[] = [];
  return { slept, now: () => NOW, sleep: async (ms: number) => void slept.push(ms) };
}

/** A webhook on loopback that answers one status after the other, the last one again and again. */
async function webhook(...answers: readonly (number | RequestListener)[]) {
  const got: {
    body: string;
    headers: IncomingHttpHeaders;
    method: string | undefined;
    url: string | undefined;
  }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      got.push({ body, headers: request.headers, method: request.method, url: request.url });
      const answer = answers[Math.min(got.length, answers.length) - 1] ?? 200;
      if (typeof answer === 'function') answer(request, response);
      else response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hooks/s3cr3t-path`, got };
}

function dispatcher(): Agent {
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  return agent;
}

const begun = () => FAILING.map((alert) => ({ event: 'begun' as const, alert, at: alert.timestamp }));

const send = (targets: AlertTargets, extra: Parameters<typeof deliverAlerts>[3] = {}) =>
  deliverAlerts('p.csv', begun, { dispatcher: dispatcher(), ...targets }, { clock: quickClock(), ...extra });

describe('a webhook', () => {
  it('gets the alerts as JSON, signed with the secret', async () => {
    const { url, got } = await webhook(204);
    expect(await send({ webhook: url, secret: 'pass word' })).toEqual([
      { target: 'webhook', ok: true, attempts: 1, error: null },
    ]);
    const [first] = got;
    expect(first?.method).toBe('POST');
    expect(first?.headers['content-type']).toBe('application/json');
    expect(first?.headers['x-rowtrail-signature']).toBe(
      `sha256=${createHmac('sha256', 'pass word')
        .update(first?.body ?? '')
        .digest('hex')}`,
    );
    expect(JSON.parse(first?.body ?? '')).toMatchObject({
      version: 1,
      csv: 'p.csv',
      text: expect.stringContaining('[warning] p.csv: high_failure_rate: The failure rate is 50 %'),
      alerts: [
        {
          event: 'begun',
          name: 'high_failure_rate',
          metric: 'error_rate',
          value: 0.5,
          next_step: expect.any(String),
        },
      ],
    });
  });

  it('is sent no signature without a secret', async () => {
    const { url, got } = await webhook(200);
    await send({ webhook: url });
    expect(got[0]?.headers).not.toHaveProperty('x-rowtrail-signature');
  });

  it('is tried again when it is busy or broken, later each time, three times in all', async () => {
    const clock = quickClock();
    const { url, got } = await webhook(503, 429, 200);
    expect(await send({ webhook: url }, { clock })).toMatchObject([{ ok: true, attempts: 3 }]);
    expect(clock.slept).toEqual([1000, 5000]);
    const broken = await webhook(500);
    expect(await send({ webhook: broken.url })).toEqual([
      { target: 'webhook', ok: false, attempts: 3, error: 'the webhook answered 500' },
    ]);
    expect(broken.got).toHaveLength(3);
    expect(got).toHaveLength(3);
  });

  it('may ask for a longer wait, but not for a long one', async () => {
    const clock = quickClock();
    const { url } = await webhook((_, response) => response.writeHead(429, { 'retry-after': '86400' }).end());
    await send({ webhook: url }, { clock });
    // Three requests of 10 s and these waits stay below a minute.
    expect(clock.slept).toEqual([12_000, 12_000]);
  });

  it('that refuses is not asked again', async () => {
    const { url, got } = await webhook(404);
    expect(await send({ webhook: url })).toMatchObject([
      { ok: false, attempts: 1, error: 'the webhook answered 404' },
    ]);
    expect(got).toHaveLength(1);
  });

  it('cannot send us elsewhere', async () => {
    const other = await webhook(200);
    const { url } = await webhook((_, response) => response.writeHead(307, { location: other.url }).end());
    expect(await send({ webhook: url })).toMatchObject([
      { ok: false, attempts: 1, error: 'the webhook answered 307, a redirect, which is not followed' },
    ]);
    expect(other.got).toEqual([]);
  });

  it('that does not answer is given up in time, and its address is not told', async () => {
    const { url } = await webhook(() => {});
    const [result] = await send({ webhook: url }, { requestTimeout: 100 });
    expect(result).toMatchObject({ ok: false, attempts: 3, error: 'the webhook did not answer in time' });
    const [unreachable] = await send({ webhook: 'http://user:pw@127.0.0.1:1/hooks/s3cr3t-path' });
    expect(unreachable).toMatchObject({ ok: false, attempts: 3 });
    expect(JSON.stringify([result, unreachable])).not.toMatch(/s3cr3t|pw@/);
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/x', 'no address', 'data:,x'])(
    'is reached by http and https only, not by %s',
    async (url) => {
      expect(await send({ webhook: url })).toMatchObject([{ ok: false, attempts: 0 }]);
    },
  );

  it('is reached through the proxy of the environment', async () => {
    // A proxy is asked for plain addresses as a host is, with the whole address in the first line.
    const proxy = await webhook(200);
    onTestFinished(() => void vi.unstubAllEnvs());
    for (const name of ['HTTP_PROXY', 'http_proxy']) vi.stubEnv(name, new URL(proxy.url).origin);
    for (const name of ['NO_PROXY', 'no_proxy']) vi.stubEnv(name, '');
    const targets = { webhook: 'http://hooks.invalid/x' };
    expect(await deliverAlerts('p.csv', begun, targets, { clock: quickClock() })).toMatchObject([
      { ok: true },
    ]);
    expect(proxy.got.map(({ url }) => url)).toEqual(['http://hooks.invalid/x']);
  });

  it('is left at once when the run is interrupted', async () => {
    const { url } = await webhook(() => {});
    const stop = new AbortController();
    const sent = send({ webhook: url }, { signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    expect(await sent).toMatchObject([{ ok: false, error: 'it was interrupted' }]);
  });
});

describe('a command', () => {
  const node = (program: string, ...args: readonly string[]) => [process.execPath, '-e', program, ...args];

  it('gets the alerts on stdin, its arguments as they are, and little of our environment', async () => {
    const file = join(await tempFolder(), 'out.json');
    process.env['ROWTRAIL_TEST_SECRET'] = 'x';
    onTestFinished(() => void delete process.env['ROWTRAIL_TEST_SECRET']);
    const program = `const input = require('node:fs').readFileSync(0, 'utf8');
      require('node:fs').writeFileSync(process.argv[1], JSON.stringify({ input: JSON.parse(input), env: Object.keys(process.env), odd: process.argv[2] }));`;
    expect(await send({ command: node(program, file, '$(touch x) `y` "z"') })).toMatchObject([
      { ok: true, attempts: 1 },
    ]);
    const written = JSON.parse(await readFile(file, 'utf8')) as {
      input: unknown;
      env: string[];
      odd: string;
    };
    expect(written.input).toMatchObject({ alerts: [{ name: 'high_failure_rate' }] });
    expect(written.env).not.toContain('ROWTRAIL_TEST_SECRET');
    expect(written.odd).toBe('$(touch x) `y` "z"');
  });

  it('that fails says so, without secrets', async () => {
    const program = `console.error('token=abcdef not accepted for ada@example.org'); process.exit(3)`;
    const [result] = await send({ command: node(program) });
    expect(result).toMatchObject({ ok: false, attempts: 1 });
    expect(result?.error).toMatch(/^the command failed: it ended with code 3/);
    expect(result?.error).not.toMatch(/ada@example/);
  });

  it('that does not read its stdin is no trouble', async () => {
    expect(await send({ command: node('process.exit(0)') })).toMatchObject([{ ok: true }]);
  });

  it.each([[['/no/such/program']], [[]], [['']]])('that cannot be started: %j', async (command) => {
    expect(await send({ command })).toMatchObject([{ target: 'command', ok: false }]);
  });

  it('that takes too long is killed with all that it started', async () => {
    const file = join(await tempFolder(), 'beat');
    await writeFile(file, '');
    // A shell has both running within milliseconds, where two starts of Node may take the whole time limit on a busy machine.
    const beat = `while :; do printf . >> "$0"; sleep 0.02; done`;
    const command = ['sh', '-c', `trap '' TERM; (${beat}) & wait`, file];
    const [result] = await send({ command }, { commandTimeout: 2000 });
    expect(result).toMatchObject({ ok: false, error: 'the command failed: it took longer than 2 s' });
    const { size } = await stat(file);
    expect(size).toBeGreaterThan(0);
    await sleep(150);
    expect((await stat(file)).size).toBe(size);
  });

  it('that ends and leaves a child behind does not hold us up, and the child ends with it', async () => {
    const file = join(await tempFolder(), 'pid');
    const program = `const child = require('node:child_process').spawn('sleep', ['30'], { stdio: 'inherit' });
      require('node:fs').writeFileSync(${JSON.stringify(file)}, String(child.pid)); child.unref(); process.exit(0)`;
    const began = performance.now();
    expect(await send({ command: node(program) })).toMatchObject([{ ok: true }]);
    expect(performance.now() - began).toBeLessThan(20_000);
    const pid = Number(await readFile(file, 'utf8'));
    const running = async () => [...(await readProcessTree()).values()].flat();
    expect(await running()).toContain(process.pid);
    await expect.poll(running).not.toContain(pid);
  });
});

it('a log that throws harms nobody', async () => {
  const log = () => {
    throw new Error('the disk is full');
  };
  const { url, got } = await webhook(200);
  expect(await send({ log, webhook: url })).toMatchObject([
    { target: 'log', ok: false, error: 'the disk is full' },
    { target: 'webhook', ok: true },
  ]);
  expect(got).toHaveLength(1);
});

describe('an alert is told', () => {
  async function desk(targets: AlertTargets) {
    const folder = await tempFolder();
    const place = { csv: '/somewhere/p.csv', folder };
    // A desk for each check, as a command that is called again and again has it.
    const check = (alerts: readonly Alert[]) => new AlertDesk(quickClock()).announce(alerts, targets, place);
    return { folder, check };
  }

  it('once when it begins and once when it is over', async () => {
    const lines: string[] = [];
    const { check } = await desk({ log: (line) => lines.push(line) });
    await check(FAILING);
    await check(FAILING);
    await check([]);
    await check([]);
    await check(FAILING);
    expect(lines.map((line) => line.slice(0, 6))).toEqual(['[warni', '[over]', '[warni']);
  });

  it('again to a target that could not be reached, and to that one only', async () => {
    const lines: string[] = [];
    const { url, got } = await webhook(400, 400, 200);
    const { check } = await desk({ log: (line) => lines.push(line), webhook: url, dispatcher: dispatcher() });
    for (let n = 0; n < 4; n++) await check(FAILING);
    expect(got).toHaveLength(3);
    expect(lines).toHaveLength(1);
    await check([]);
    expect(JSON.parse(got[3]?.body ?? '')).toMatchObject({ alerts: [{ event: 'ended' }] });
  });

  it('not at all to a target that never heard of its beginning, when it is over', async () => {
    const { url, got } = await webhook(400);
    const { check } = await desk({ webhook: url, dispatcher: dispatcher() });
    await check(FAILING);
    await check([]);
    await check([]);
    expect(got).toHaveLength(1);
  });

  it('as before when it comes back before a target heard that it was over', async () => {
    const { url, got } = await webhook(200, 400, 200);
    const { check } = await desk({ webhook: url, dispatcher: dispatcher() });
    await check(FAILING);
    await check([]);
    await check(FAILING);
    await check(FAILING);
    expect(got).toHaveLength(2);
  });

  it('once, as long as this process lives, where there is no place to remember it', async () => {
    const lines: string[] = [];
    const one = new AlertDesk(quickClock());
    const targets = { log: (line: string) => void lines.push(line) };
    for (let n = 0; n < 3; n++) await one.announce(FAILING, targets, { csv: 'p.csv', folder: null });
    expect(lines).toHaveLength(1);
  });

  it('although what was kept of it is rubbish', async () => {
    const lines: string[] = [];
    const { folder, check } = await desk({ log: (line) => lines.push(line) });
    for (const rubbish of ['{', '[]', '{"format":2,"alerts":{}}', '{"format":1,"alerts":{"a":1}}']) {
      await writeFile(join(folder, 'alerts.json'), rubbish);
      await check(FAILING);
    }
    expect(lines).toHaveLength(4);
  });
});
