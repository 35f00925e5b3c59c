import { readFile } from 'node:fs/promises';
import { fileError, RowtrailError } from '../errors/index.ts';

/** How to reach the internet. */
export interface Network {
  /** `http://host:port` of a proxy, or null for none. */
  readonly proxy: string | null;
  /** A PEM file with certificates to trust besides the usual ones, or null. */
  readonly caCertFile: string | null;
  /** Hosts that are asked without the proxy, as `NO_PROXY` lists them; none when absent. */
  readonly noProxy?: string | undefined;
}

/**
 * The network settings in force: what was given, else the environment's `HTTPS_PROXY` and `SSL_CERT_FILE` or
 * `NODE_EXTRA_CA_CERTS`, else none. `NO_PROXY` makes exceptions of the environment's proxy; one that was given is for all hosts.
 */
export function resolveNetwork(
  given: { readonly proxy?: string | undefined; readonly caCert?: string | undefined } = {},
  env: NodeJS.ProcessEnv = process.env,
): Network {
  const noProxy = given.proxy ? undefined : env['NO_PROXY'] || env['no_proxy'];
  return {
    proxy: given.proxy || withScheme(env['HTTPS_PROXY'] || env['https_proxy'] || '') || null,
    caCertFile: given.caCert || env['SSL_CERT_FILE'] || env['NODE_EXTRA_CA_CERTS'] || null,
    ...(noProxy ? { noProxy } : {}),
  };
}

/** A proxy of the environment may be named by host and port alone, which curl and yt-dlp take for one that is spoken to by HTTP. */
function withScheme(proxy: string): string {
  return proxy === '' || proxy.includes('://') ? proxy : `http://${proxy}`;
}

const CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/;

/**
 * The certificates of a file, as they stand in it.
 * @throws RowtrailError: file_missing, access_denied, or tls_failed where it holds none
 */
export async function readCertificates(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileError(error, 'The certificates to trust cannot be read', { file });
  });
  if (CERTIFICATE.test(text)) return text;
  throw new RowtrailError('tls_failed', 'The file of certificates to trust holds no PEM certificate', {
    file,
  });
}

/**
 * The proxy that a request goes through, null for none. An entry of `noProxy` stands for a host and its sub-domains, with a
 * port for that port alone, `*` for all; so curl and yt-dlp read it. Pure.
 */
export function proxyFor({ proxy, noProxy = '' }: Network, url: URL): string | null {
  const entries = noProxy.toLowerCase().split(/[\s,]+/);
  return entries.some((entry) => isMeant(entry, url)) ? null : proxy;
}

function isMeant(entry: string, url: URL): boolean {
  if (entry === '*') return true;
  const [, name = '', port] = /^(?:\*?\.)?(\[[^\]]*\]|[^:]+)(?::(\d+))?$/.exec(entry) ?? [];
  if (name === '') return false;
  if (port !== undefined && port !== (url.port || (url.protocol === 'https:' ? '443' : '80'))) return false;
  return url.hostname === name || url.hostname.endsWith(`.${name}`);
}
