import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, rootCertificates } from 'node:tls';
import { fileError } from '../../errors/index.ts';

/**
 * The environment of a child: nothing of ours but what it needs to start, so that no setting of Python on this
 * machine changes what it does. The proxy stands here and not among the arguments, which every user of the machine
 * can read: its address may hold a password.
 * @param folder for temporary files
 */
export function childEnvironment(
  { env, proxy, caBundle }: { env: NodeJS.ProcessEnv; proxy: string | null; caBundle: string },
  folder: string,
): Readonly<Record<string, string>> {
  return {
    PATH: env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: env['HOME'] ?? folder,
    LANG: 'C.UTF-8',
    TMPDIR: folder,
    SSL_CERT_FILE: caBundle,
    ...(proxy === null ? {} : { HTTPS_PROXY: proxy, HTTP_PROXY: proxy }),
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
    const added = extra === null ? [] : [await readFile(extra, 'utf8')];
    const all = new Set(
      [...rootCertificates, ...getCACertificates('system'), ...added].map((pem) => pem.trim()),
    );
    await writeFile(path, `${[...all].join('\n')}\n`);
    return path;
  } catch (error) {
    throw fileError(error, 'The certificates to trust could not be prepared', { file: extra ?? path });
  }
}
