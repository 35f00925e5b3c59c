import { facts } from '../cause-facts.ts';
import { ErrorCategory as C } from '../error-category.ts';

export const NETWORK_CAUSES = {
  connection_failed: facts({
    category: C.NETWORK,
    verdict: 'again',
    remedy: 'network',
    recognisedBy:
      'ECONNRESET, ECONNREFUSED, EPIPE, ENETUNREACH and the like, UND_ERR_SOCKET, HTTPParserError',
    nextStep: 'Check the connection (and --proxy, if you use one), then run again.',
  }),
  proxy_refused: facts({
    category: C.NETWORK,
    verdict: 'again',
    remedy: 'network',
    recognisedBy: 'a proxy that cannot be connected to, that answers CONNECT with 401, 403 or 405, HTTP 407',
    nextStep:
      'The proxy did not let us through: check its address, name and password, in --proxy or HTTPS_PROXY, then run again.',
  }),
  dns_failed: facts({
    category: C.NETWORK,
    verdict: 'again',
    remedy: 'network',
    recognisedBy: 'ENOTFOUND, EAI_AGAIN and the other EAI codes',
    nextStep: 'The host name could not be looked up: check the connection, then run again.',
  }),
  tls_failed: facts({
    category: C.NETWORK,
    verdict: 'again',
    remedy: 'trust_certificate',
    recognisedBy: 'CERT codes, DEPTH_ZERO_SELF_SIGNED_CERT, ERR_TLS, ERR_SSL, EPROTO',
    nextStep:
      "The host's certificate was not accepted: behind a company proxy, give its CA with --ca-cert FILE.",
  }),
  timeout: facts({
    category: C.NETWORK,
    verdict: 'again',
    remedy: 'run_again',
    recognisedBy: "ETIMEDOUT, undici's time-outs, TimeoutError, HTTP 408",
    nextStep: 'The host did not answer in time: run again.',
  }),
  server_error: facts({
    category: C.NETWORK,
    verdict: 'again',
    remedy: 'run_again',
    recognisedBy: 'HTTP 5xx without Retry-After',
    nextStep: 'The host had an error of its own: run again.',
  }),
  short_body: facts({
    category: C.NETWORK,
    verdict: 'again',
    remedy: 'run_again',
    recognisedBy:
      'fewer bytes than announced, ERR_STREAM_PREMATURE_CLOSE, a content length that does not fit',
    nextStep: 'The transfer was cut short: run again, it continues where it stopped.',
  }),
  media_forbidden: facts({
    category: C.NETWORK,
    verdict: 'again',
    remedy: 'run_again',
    recognisedBy: 'yt-dlp: "unable to download video data: HTTP Error 403"',
    nextStep: 'The host refused the media address, which expires quickly: run again.',
  }),
  unexpected_page: facts({
    category: C.NETWORK,
    verdict: 'again',
    remedy: 'run_again',
    recognisedBy: "HTML or text in a file's place, another HTTP 4xx, 403 with a reason that we do not know",
    nextStep:
      'The host answered with something else than was asked for: run again; if it stays so, open the link in a browser to see what it says.',
  }),
};
