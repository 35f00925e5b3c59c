import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCertificateAuthority } from '../../src/demo/internet/certificate-authority.ts';
import { startConnectProxy } from '../../src/demo/internet/connect-proxy.ts';
import { redirect, text, type Reply } from '../../src/demo/internet/reply.ts';
import { newFolder } from './folder.ts';

export interface ReleaseHost extends AsyncDisposable {
  /** What a user behind a proxy with a CA of its own would set. */
  readonly env: Readonly<Record<string, string>>;
  /** `host path` of each request. */
  readonly requests: readonly string[];
}

/**
 * github.com on loopback, behind a proxy, with releases of yt-dlp whose files stand on a host of their own.
 * `files`: their contents by name; `sums`: the published checksums, the true ones by default; `older`: other releases than the
 * newest, 2026.08.01, by their names.
 */
export async function startReleaseHost(
  files: Readonly<Record<string, string>>,
  {
    sums = sumsOf(files),
    storage = 'https://objects.githubusercontent.com',
    older = {} as Readonly<Record<string, Readonly<Record<string, string>>>>,
  } = {},
): Promise<ReleaseHost> {
  const ca = await createCertificateAuthority();
  const caFile = join(newFolder(), 'ca.pem');
  writeFileSync(caFile, ca.certificate);
  const releases = '/yt-dlp/yt-dlp/releases';

  function answer(host: string, path: string): Reply {
    const name = path.split('/').at(-1) ?? '';
    if (host === 'github.com' && path === `${releases}/latest`)
      return redirect(`https://github.com${releases}/tag/2026.08.01`);
    const tag = path.split('/').at(-2) ?? '';
    if (host === 'github.com' && path === `${releases}/download/${tag}/${name}`)
      return redirect(`${storage}/stored/${tag}/${name}`);
    const release = older[tag] ?? (tag === '2026.08.01' ? files : {});
    const content = { ...release, 'SHA2-256SUMS': tag in older ? sumsOf(release) : sums }[name];
    return content === undefined ? text('Not Found', 'text/plain', 404) : text(content);
  }
  const hosts = ['github.com', 'objects.githubusercontent.com'];
  const requests: string[] = [];
  const proxy = await startConnectProxy({
    sites: [{ hosts, answer: ({ host, path }) => Promise.resolve({ reply: answer(host, path), fault: {} }) }],
    credentials: await ca.issue(hosts),
    record: ({ host, path }) => requests.push(`${host} ${path}`),
  });
  return {
    env: { HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: caFile },
    requests,
    [Symbol.asyncDispose]: () => proxy.close(),
  };
}

/** Checksums as sha256sum prints them. */
export function sumsOf(files: Readonly<Record<string, string>>): string {
  const line = ([name, content]: [string, string]) =>
    `${createHash('sha256').update(content).digest('hex')}  ${name}\n`;
  return Object.entries(files).map(line).join('');
}
