import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../../errors/index.ts';

/** What a child's environment is made from. */
export interface ChildSettings {
  readonly env: NodeJS.ProcessEnv;
  readonly proxy: string | null;
  /** Hosts that are asked without it. */
  readonly noProxy?: string | undefined;
  /** PEM file of the certificates to trust. */
  readonly caBundle: string;
}

/**
 * The environment of a child: nothing of ours but what it needs to start, so that no setting of Python on this
 * machine changes what it does. The proxy stands here and not among the arguments, which every user of the machine
 * can read: its address may hold a password.
 * @param folder for temporary files
 */
export function childEnvironment(
  { env, proxy, noProxy, caBundle }: ChildSettings,
  folder: string,
): Readonly<Record<string, string>> {
  return {
    PATH: env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: env['HOME'] ?? folder,
    LANG: 'C.UTF-8',
    TMPDIR: folder,
    SSL_CERT_FILE: caBundle,
    ...(proxy === null
      ? {}
      : { HTTPS_PROXY: proxy, HTTP_PROXY: proxy, ...(noProxy === undefined ? {} : { NO_PROXY: noProxy }) }),
  };
}

/**
 * Writes the certificates to trust as one PEM file: Node's, the system's and the extra ones.
 * @param extra a PEM file, or null
 * @returns the path of the file
 * @throws RowtrailError (file_missing, access_denied, disk_full)
 */
export async function writeCaBundle(folder: string, extra: string | null): Promise<string> {
  const path = join(folder, 'ca.pem');
  try {
    await writeFile(path, await bundleWith(extra));
    return path;
  } catch (error) {
    throw fileError(error, 'The certificates to trust could not be prepared', { file: extra ?? path });
  }
}

/** The last bundle that was made: hundreds of downloads trust the same certificates. */
let last: { readonly key: string; readonly pem: Buffer } | null = null;

async function bundleWith(extra: string | null): Promise<Buffer> {
  const added = extra === null ? '' : await readFile(extra, 'utf8');
  if (last?.key === added) return last.pem;
  const { getCACertificates, rootCertificates } = await import('node:tls');
  const all = new Set(
    [...rootCertificates, ...getCACertificates('system'), added]
      .map((pem) => pem.trim())
      .filter((pem) => pem !== ''),
  );
  const pem = Buffer.from(`${[...all].join('\n')}\n`);
  last = { key: added, pem };
  return pem;
}
