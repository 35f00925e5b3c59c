import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** Why a request is not answered. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
}

export interface GuardOptions {
  /** Where the server listens. */
  readonly host: string;
  readonly port: number;
  /** Null where everybody on this machine may come. */
  readonly token: string | null;
}

export interface GuardedRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];
const COOKIE = 'rowtrail_token';

export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host) || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * Whether a request is answered. A page of somebody else's in the same browser can send requests here: it is refused by its Origin, by
 * what the browser says of its site, and, where it made its own name lead here, by the name. Pure.
 */
export function refusalOf(request: GuardedRequest, options: GuardOptions): Refusal | null {
  const { headers, method } = request;
  const host = headers.host ?? '';
  if (!isOwnName(host, options))
    return {
      status: 403,
      message: 'this name does not belong to the dashboard: open the address that `rowtrail serve` printed',
    };
  const { origin } = headers;
  const isReading = method === 'GET' || method === 'HEAD';
  if (origin === undefined ? !isReading : origin !== `http://${host}`)
    return { status: 403, message: 'only the dashboard itself may ask for this' };
  const site = headers['sec-fetch-site'];
  const isVisit =
    isReading && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isVisit)
    return { status: 403, message: 'only the dashboard itself may ask for this' };
  if (options.token === null || request.url.split('?')[0] === '/healthz' || hasToken(request, options.token))
    return null;
  return {
    status: 401,
    message: 'the token is missing or wrong: open the address that `rowtrail serve` printed, with its token',
  };
}

/** The cookie that stands for the token, where the request's query brought the right one; else null. */
export function cookieFor({ url }: GuardedRequest, { token }: GuardOptions): string | null {
  const given = new URL(url, 'http://x').searchParams.get('token');
  if (token === null || given === null || !isSame(given, token)) return null;
  return `${COOKIE}=${digestOf(token)}; HttpOnly; SameSite=Strict; Path=/`;
}

function hasToken({ url, headers }: GuardedRequest, token: string): boolean {
  const given = new URL(url, 'http://x').searchParams.get('token');
  if (given !== null && isSame(given, token)) return true;
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined && isSame(bearer, token)) return true;
  const cookies = (headers.cookie ?? '').split(';').map((each) => each.trim());
  return cookies.some((each) => isSame(each, `${COOKIE}=${digestOf(token)}`));
}

/** What the browser keeps is not the token itself. */
function digestOf(token: string): string {
  return createHash('sha256').update(`rowtrail dashboard\0${token}`).digest('hex');
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

/** Where everybody may come in, addresses are ours, and this machine's own name; names of others that lead here are not. */
function isOwnName(given: string, { host, port }: GuardOptions): boolean {
  const parts = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(given);
  if (parts === null || Number(parts[2] ?? 80) !== port) return false;
  const name = (parts[1] ?? '').replaceAll(/[[\]]/g, '').toLowerCase();
  if (isLoopback(host)) return isLoopback(name);
  if (name === host.toLowerCase()) return true;
  const isOpen = host === '0.0.0.0' || host === '::';
  return isOpen && (isIP(name) !== 0 || name === 'localhost' || name === hostname().toLowerCase());
}
