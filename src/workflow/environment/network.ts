import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { classifyError, errnoOf, RowtrailError } from '../../errors/index.ts';
import { type Network, readCertificates } from '../../sources/index.ts';
import { type EnvironmentCheck, fine, problem } from './check.ts';

/** Milliseconds; a proxy stands near. */
const PROXY_TIMEOUT_MS = 5000;
const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'socks5:': 1080 };
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Whether the proxy, if there is one, takes connections. Nothing is asked of it, so no other host is contacted. */
export async function checkProxy({ proxy }: Network): Promise<EnvironmentCheck> {
  const name = 'proxy';
  if (proxy === null) return fine(name, 'none');
  const url = URL.parse(proxy);
  const usual = PORTS[url?.protocol ?? ''];
  if (url === null || usual === undefined || url.hostname === '') {
    // Not shown: what is no address may still hold a password.
    const error = new RowtrailError('usage', 'what is set is no address of a proxy');
    return problem(name, error, 'Write the proxy as http://HOST:PORT, in --proxy or HTTPS_PROXY.', 'usage');
  }
  const shown = withoutPassword(url);
  try {
    await knockAt(url.hostname.replaceAll(/^\[|\]$/g, ''), Number(url.port || usual));
    return fine(name, shown);
  } catch (error) {
    // Where a name has several addresses, the error has no words of its own.
    const why = error instanceof RowtrailError ? error.message : (errnoOf(error) ?? String(error));
    const found = `${shown} cannot be reached (${why})`;
    const mend =
      'Start the proxy or correct its address, in --proxy or HTTPS_PROXY; without one, unset HTTPS_PROXY.';
    return problem(name, found, mend, classifyError(error));
  }
}

/** Whether the extra certificates, if there are some, can be read and understood. */
export async function checkCertificates({ caCertFile }: Network): Promise<readonly EnvironmentCheck[]> {
  if (caCertFile === null) return [];
  const name = 'extra certificates';
  try {
    const found = await readCertificates(caCertFile);
    for (const pem of found.match(CERTIFICATE) ?? []) void new X509Certificate(pem);
    return [fine(name, caCertFile)];
  } catch (error) {
    const mend = `Give a PEM file with --ca-cert or SSL_CERT_FILE; ${caCertFile} cannot be used.`;
    return [problem(name, error, mend, 'tls_failed')];
  }
}

async function knockAt(host: string, port: number): Promise<void> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(PROXY_TIMEOUT_MS) });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
    throw new RowtrailError('timeout', `no answer within ${PROXY_TIMEOUT_MS / 1000} s`);
  } finally {
    socket.destroy();
  }
}

function withoutPassword(url: URL): string {
  url.password = '';
  return url.href;
}
