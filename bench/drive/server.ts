import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Column } from './columns.ts';

export interface Server extends AsyncDisposable {
  readonly origin: string;
}

/** Starts the server as a process of its own. */
export async function startServer(built: string, { latencyMs, bytesPerSecond }: Column): Promise<Server> {
  const child = spawn(process.execPath, [join(built, 'bench', 'drive', 'server-main.js')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, LATENCY_MS: String(latencyMs), BYTES_PER_SECOND: String(bytesPerSecond) },
  });
  const ended = once(child, 'close');
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    origin: `http://127.0.0.1:${port.toString().trim()}`,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
