import { type Cause, errnoOf, RowtrailError } from '../../../errors/index.ts';
import { refusedWay } from './proxy-failure.ts';

const CAUSE_OF_CODE: Readonly<Record<string, Cause>> = {
  ENOTFOUND: 'dns_failed',
  EAI_AGAIN: 'dns_failed',
  EAI_NODATA: 'dns_failed',
  EAI_NONAME: 'dns_failed',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  EPROTO: 'tls_failed',
  HOSTNAME_MISMATCH: 'tls_failed',
  INVALID_CA: 'tls_failed',
};

/** OpenSSL's and Node's families of codes: an untrusted, expired or foreign certificate, or no agreement at all. */
const TLS_CODE = /CERT|^ERR_TLS_|^ERR_SSL_|^ERR_OSSL_|^CRL_|^UNABLE_TO_/;

const SENTENCES: Readonly<Partial<Record<Cause, string>>> = {
  dns_failed: 'The host name could not be looked up',
  timeout: 'The host did not answer in time',
  tls_failed: "The host's certificate was not accepted",
};

/** The cause of a failed request, by the code of its error and never by its words. */
export function networkFailure(error: unknown, host: string): RowtrailError {
  const ours = ownError(error);
  if (ours !== null) return ours;
  const status = proxyStatus(error);
  if (status !== null) return refusedWay(status, host, error);
  const code = errnoOf(error) ?? '';
  const cause = CAUSE_OF_CODE[code] ?? (TLS_CODE.test(code) ? 'tls_failed' : 'connection_failed');
  const sentence = brokenAnswer(error, code) ?? SENTENCES[cause] ?? 'The connection failed';
  return new RowtrailError(cause, `${sentence}: ${host}${code === '' ? '' : ` (${code})`}`, { error });
}

/** What is wrong with an answer that undici refuses; it adds up the digits of a Content-Length that is said twice. */
function brokenAnswer(error: unknown, code: string): string | null {
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH')
    return 'The host sent another length than it said, or said one more than once';
  // Its parser's errors have a code only now and then.
  const isParsers = error instanceof Error && error.name === 'HTTPParserError';
  return isParsers ? 'What the host answered breaks the rules of HTTP' : null;
}

/** An error of ours that a connection was ended with. */
function ownError(error: unknown): RowtrailError | null {
  for (let e = error; e instanceof Error; e = e.cause) if (e instanceof RowtrailError) return e;
  return null;
}

/** What a proxy answered instead of opening the way; undici tells it by its words only. */
function proxyStatus(error: unknown): number | null {
  for (let e = error; e instanceof Error; e = e.cause) {
    const status = /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(e.message)?.[1];
    if (status !== undefined) return Number(status);
  }
  return null;
}
