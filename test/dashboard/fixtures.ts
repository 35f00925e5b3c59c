import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { LiveEvent, Overview, RunState } from '../../src/dashboard/contract.ts';
import { type CliResult, startCli } from '../support/cli.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A dashboard as a person starts it. */
export interface Served {
  readonly url: string;
  readonly token: string | null;
  readonly child: ReturnType<typeof startCli>['child'];
  readonly result: Promise<CliResult>;
  /** Asks as the page does, unless other headers are given; the path is sent as it stands. */
  readonly ask: (path: string, asked?: Asked) => Promise<Reply>;
  readonly json: <Value>(path: string, asked?: Asked) => Promise<Value>;
  readonly overview: () => Promise<Overview>;
  readonly run: (what: 'start' | 'pause' | 'resume' | 'stop') => Promise<RunState>;
}

/** Starts `rowtrail serve` in a folder; it is ended with the test. */
export async function startServe(
  folder: string,
  { args = [], env = {} }: { args?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<Served> {
  const { child, result } = startCli(['serve', 'people.csv', '--port', '0', '--json', ...args], {
    cwd: folder,
    env,
  });
  onTestFinished(async () => {
    child.kill('SIGINT');
    await result;
  });
  let said = '';
  const { url, token } = await new Promise<{ url: string; token: string | null }>((resolve, reject) => {
    child.stdout?.on('data', (part: string) => {
      said += part;
      if (said.includes('}')) resolve(JSON.parse(said) as { url: string; token: string | null });
    });
    void result.then(({ stderr }) => reject(new Error(`it ended: ${stderr}`)));
  });
  const { host, port, hostname } = new URL(url);
  const ask = (path: string, { method = 'GET', headers = {}, body }: Asked = {}) =>
    new Promise<Reply>((resolve, reject) => {
      const origin = method === 'GET' ? {} : { origin: `http://${host}`, 'content-type': 'application/json' };
      const bearer = token === null ? {} : { authorization: `Bearer ${token}` };
      const sent = request(
        { host: hostname, port, path, method, headers: { ...bearer, ...origin, ...headers } },
        (response) => {
          void text(response).then(
            (answer) =>
              resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer }),
            reject,
          );
        },
      );
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
    });
  const json = async <Value>(path: string, asked?: Asked) =>
    JSON.parse((await ask(path, asked)).body) as Value;
  return {
    ...{ url, token, child, result, ask, json },
    overview: () => json<Overview>('/api/overview'),
    run: (what) => json<RunState>(`/api/run/${what}`, { method: 'POST', body: {} }),
  };
}

/** The events that a page hears, as they come. */
export function listen(url: string, heard: LiveEvent[]): { readonly close: () => void } {
  const sent = request(new URL('/api/events', url), (response) => {
    let rest = '';
    response.setEncoding('utf8').on('data', (part: string) => {
      const blocks = (rest + part).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const kind = /^event: (.*)$/m.exec(block)?.[1];
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (kind !== undefined && data !== undefined)
          heard.push({ kind, ...(JSON.parse(data) as object) } as LiveEvent);
      }
    });
    response.on('error', () => {});
  });
  sent.on('error', () => {});
  sent.end();
  onTestFinished(() => void sent.destroy());
  return { close: () => sent.destroy() };
}
