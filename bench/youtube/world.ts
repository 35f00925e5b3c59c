import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { rootCertificates } from 'node:tls';

/** A YouTube on loopback in a process of its own. */
export interface World extends AsyncDisposable {
  readonly ids: readonly string[];
  /** The environment by which plain programs reach it. */
  readonly env: NodeJS.ProcessEnv;
  readonly proxy: string;
  readonly caCert: string;
}

/**
 * @param compiled the folder into which bench/ was compiled
 * @param folder for media and certificates
 */
export async function startWorld(
  compiled: string,
  folder: string,
  { latencyMs, videos }: { readonly latencyMs: number; readonly videos: number },
): Promise<World> {
  const script = join(compiled, 'bench', 'youtube', 'internet-main.js');
  const child = spawn(process.execPath, [script, join(folder, 'media'), String(latencyMs), String(videos)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { proxy, caCert, ids } = JSON.parse(line) as { proxy: string; caCert: string; ids: string[] };
  // As many certificates as anybody has: reading them is part of what a start costs.
  const bundle = join(folder, 'certificates.pem');
  await writeFile(bundle, [...rootCertificates, await readFile(caCert, 'utf8')].join('\n'));
  const env = { ...process.env, HTTPS_PROXY: proxy, HTTP_PROXY: proxy, SSL_CERT_FILE: bundle };
  return {
    ids,
    env,
    proxy,
    caCert,
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}
