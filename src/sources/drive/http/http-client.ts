import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import type { SecureContext } from 'node:tls';
import type { Dispatcher } from 'undici';
import { errnoOf, RowtrailError } from '../../../errors/index.ts';
import { type Network, proxyFor } from '../../network.ts';
import { AnswerBody } from './answer-body.ts';
import { isGoogleUrl } from './google-host.ts';
import { unreachedProxy } from '../verdicts/proxy-failure.ts';
import { lookUpPublic } from './public-address.ts';
import { receiveBuffers } from './receive-buffers.ts';

const CONNECT_TIMEOUT_MS = 20_000;
/** A large file is scanned before its first byte comes. */
const HEADERS_TIMEOUT_MS = 90_000;
const IDLE_TIMEOUT_MS = 60_000;

/** A host's answer whose body has not been read. */
export interface HttpAnswer {
  readonly url: string;
  readonly status: number;
  /** Lower-case names; of repeated headers the values joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: AnswerBody;
}

export interface HttpClient {
  /** One GET; redirects are answers. @throws the network's error as it is, or AbortError */
  get(
    url: string,
    headers: Readonly<Record<string, string>>,
    options?: { /** Connects to public addresses only. */ readonly publicOnly?: boolean },
  ): Promise<HttpAnswer>;
}

/**
 * What of undici sends requests without a proxy, loaded when a host is first asked. All of undici takes twice as long to load, and
 * 13 MB more (its fetch, its sockets, its cache).
 */
async function loadSending() {
  const [agent, connect] = await Promise.all([
    import('undici/lib/dispatcher/agent.js'),
    import('undici/lib/core/connect.js'),
  ]);
  return { Agent: agent.default, buildConnector: connect.default };
}

/** Has it loaded for whoever will ask a host soon, while other things are waited for. */
export function prepareHttp(): void {
  // What keeps it from being loaded is told to whoever asks.
  loadSending().catch(() => {});
}

/** Connections are shared by all downloads with the same settings; idle ones keep no process alive. */
const dispatchers = new Map<string, Dispatcher>();

/**
 * A client for a way to the internet.
 * @throws RowtrailError (tls_failed) when the file of extra certificates cannot be read
 */
export async function createHttpClient(
  network: Network,
  signal: AbortSignal | undefined,
): Promise<HttpClient> {
  const trust = await trustOf(network);
  return {
    get: async (url, headers, { publicOnly = false } = {}) => {
      const proxy = proxyFor(network, new URL(url));
      const dispatcher = await dispatcherFor({ proxy, trust, publicOnly, givesBack: true });
      return namingTheProxy(proxy, () => withOneRepeat(() => get(dispatcher, url, headers, signal)));
    },
  };
}

/** A `fetch` that goes the same way, for libraries that bring their own requests. @throws RowtrailError (tls_failed) */
export async function createFetch(network: Network): Promise<typeof globalThis.fetch> {
  const trust = await trustOf(network);
  const { fetch } = await import('undici');
  const go: unknown = async (input: string | URL, init: object = {}) => {
    const proxy = proxyFor(network, new URL(input));
    const dispatcher = await dispatcherFor({ proxy, trust, publicOnly: false, givesBack: false });
    return namingTheProxy(proxy, () => fetch(input, { ...init, dispatcher }));
  };
  return go as typeof globalThis.fetch;
}

/** @throws RowtrailError where the proxy was not reached; other errors as they are */
async function namingTheProxy<T>(proxy: string | null, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw (proxy === null ? null : unreachedProxy(error, proxy)) ?? error;
  }
}

const HEADERS = {
  'user-agent': 'Mozilla/5.0 (compatible; rowtrail)',
  accept: '*/*',
  // Lengths, ranges and checksums speak of the bytes as they are stored.
  'accept-encoding': 'identity',
};
/** The language of the words that Google's pages are known by. A file of another host may come in several. */
const IN_ENGLISH = { 'accept-language': 'en' };

/** @throws the network's error, also that of the signal */
function get(
  dispatcher: Dispatcher,
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  signal?.throwIfAborted();
  const address = new URL(url);
  const { origin, pathname, search } = address;
  const language = isGoogleUrl(address) ? IN_ENGLISH : {};
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  let body: AnswerBody | null = null;
  let onAbort = () => {};
  const ended = (error: unknown) => {
    signal?.removeEventListener('abort', onAbort);
    if (body === null) reject(error);
    else body.ended(error);
  };
  dispatcher.dispatch(
    {
      origin,
      path: pathname + search,
      method: 'GET',
      headers: { ...HEADERS, ...language, ...headers },
      headersTimeout: HEADERS_TIMEOUT_MS,
      bodyTimeout: IDLE_TIMEOUT_MS,
    },
    {
      onRequestStart: (controller) => {
        onAbort = () => controller.abort(signal?.reason);
        if (signal?.aborted === true) onAbort();
        else signal?.addEventListener('abort', onAbort);
      },
      onResponseStart: (controller, status, found) => {
        // What comes before the answer is none.
        if (status < 200) return;
        body = new AnswerBody(controller);
        resolve({ url, status, headers: valuesOf(found), body });
      },
      onResponseData: (_controller, chunk) => body?.came(chunk as Buffer),
      onResponseEnd: () => ended(null),
      onResponseError: (_controller, error) => ended(error),
    },
  );
  return promise;
}

function valuesOf(headers: IncomingHttpHeaders): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(headers).map(
      ([name, value]) =>
        [name.toLowerCase(), Array.isArray(value) ? value.join(',') : (value ?? '')] as const,
    ),
  );
}

/** A kept-alive connection may have been closed by the host just when it was taken, or hold what it sent too much before; a new one answers. */
async function withOneRepeat(attempt: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  try {
    return await attempt();
  } catch (error) {
    const isOfConnection = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(errnoOf(error) ?? '');
    // That one has no code.
    const isUnreadable = error instanceof Error && error.name === 'HTTPParserError';
    if (!isOfConnection && !isUnreadable) throw error;
    return attempt();
  }
}

/** What connections differ in. */
interface Way {
  readonly proxy: string | null;
  readonly trust: Trust | null;
  readonly publicOnly: boolean;
  /** Whether all that comes over them is given back by whoever reads it. */
  readonly givesBack: boolean;
}

async function dispatcherFor(way: Way): Promise<Dispatcher> {
  const { proxy, trust, publicOnly, givesBack } = way;
  const key = [trust?.id ?? 0, publicOnly && proxy === null, givesBack, proxy].join(' ');
  const known = dispatchers.get(key);
  if (known !== undefined) return known;
  const dispatcher = await createDispatcher(way);
  // Somebody else may have made one while its modules were loaded; it has no connections yet that would have to be closed.
  const shared = dispatchers.get(key) ?? dispatcher;
  dispatchers.set(key, shared);
  return shared;
}

async function createDispatcher({ proxy, trust, publicOnly, givesBack }: Way): Promise<Dispatcher> {
  // A proxy looks names up itself, and decides itself where it connects to.
  const lookup = publicOnly && proxy === null ? { lookup: lookUpPublic } : {};
  // One transfer a connection: with HTTP/2 all would share one, and with it one window and one limit of the host's.
  const reading = givesBack ? receiveBuffers.socketOptions : {};
  const plain = { timeout: CONNECT_TIMEOUT_MS, allowH2: false, ...reading, ...lookup };
  const secure = () => (trust === null ? plain : { ...plain, secureContext: trust.context() });
  if (proxy !== null) {
    const { ProxyAgent } = await import('undici');
    return new ProxyAgent({ uri: proxy, allowH2: false, requestTls: secure(), proxyTls: secure() });
  }
  const { Agent, buildConnector } = await loadSending();
  const connectPlain = buildConnector(plain);
  let connectSecure: typeof connectPlain | null = null;
  return new Agent({
    allowH2: false,
    connect: (options, callback) => {
      if (options.protocol !== 'https:') connectPlain(options, callback);
      else (connectSecure ??= buildConnector(secure()))(options, callback);
    },
  });
}

/** The certificates of a file besides the usual ones. */
interface Trust {
  /** Differs where the certificates differ. */
  readonly id: number;
  /** Made with the first encrypted connection and shared by all: it takes longer than a small file. */
  readonly context: () => SecureContext;
}

/** For so long (ms) a file of certificates is taken to be as it was read. */
const FILE_KNOWN_MS = 10_000;

const trusts = new Map<string, Trust>();
const files = new Map<string, { readonly at: number; readonly trust: Promise<Trust> }>();

async function trustOf({ caCertFile }: Network): Promise<Trust | null> {
  return caCertFile === null ? null : trustWith(caCertFile);
}

function trustWith(file: string): Promise<Trust> {
  const known = files.get(file);
  const now = performance.now();
  if (known !== undefined && now - known.at < FILE_KNOWN_MS) return known.trust;
  const trust = readTrust(file);
  trust.catch(() => files.delete(file));
  files.set(file, { at: now, trust });
  return trust;
}

async function readTrust(file: string): Promise<Trust> {
  const extra = await readCertificates(file);
  // Loaded where there is such a file: it takes 10 ms and half a megabyte.
  const tls = await import('node:tls');
  let context: SecureContext | null = null;
  const trust = trusts.get(extra) ?? {
    id: trusts.size + 1,
    context: () =>
      (context ??= tls.createSecureContext({ ca: [...tls.getCACertificates('default'), extra] })),
  };
  trusts.set(extra, trust);
  return trust;
}

async function readCertificates(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new RowtrailError('tls_failed', 'The file of extra certificates cannot be read', { file, error });
  }
}
