import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';

/** @typedef {import('./tool-places.js').Environment} Environment */

const MAX_REDIRECTS = 5;

/**
 * Opens an https address and follows its redirects, through the proxy of HTTPS_PROXY where one is set.
 * @param {string | URL} address
 * @param {{ env: Environment, idleMs: number }} options `idleMs`: gives up after so much silence, at any point
 * @returns {Promise<http.IncomingMessage>} the answer, with status 200
 * @throws {Error} no answer, another status, too many redirects, or one that leaves https
 */
export async function openUrl(address, options) {
  let url = new URL(address);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const answer = await request(url, options);
    if (answer.statusCode === 200) return answer;
    answer.destroy();
    url = redirectOf(url, answer);
  }
  throw new Error(`${new URL(address).host} redirects without end`);
}

/**
 * Where an https address redirects to, without going there.
 * @param {string} address
 * @param {{ env: Environment, idleMs: number }} options see openUrl
 * @throws {Error} no answer, or no redirect
 */
export async function redirectTarget(address, options) {
  const url = new URL(address);
  const answer = await request(url, options);
  answer.destroy();
  return redirectOf(url, answer);
}

/**
 * The proxy for an address, by HTTPS_PROXY and NO_PROXY.
 * @param {URL} url
 * @param {Environment} env
 * @returns {URL | null}
 */
export function proxyFor(url, env) {
  const proxy = env.HTTPS_PROXY || env.https_proxy;
  if (!proxy) return null;
  const exceptions = (env.NO_PROXY || env.no_proxy || '')
    .split(',')
    .map((name) => name.trim().replace(/^\*?\./, ''));
  const excepted = exceptions.some(
    (name) => name === '*' || (name !== '' && (url.hostname === name || url.hostname.endsWith(`.${name}`))),
  );
  return excepted ? null : new URL(proxy);
}

/** @param {URL} url @param {http.IncomingMessage} answer */
function redirectOf(url, answer) {
  const { statusCode = 0, headers } = answer;
  if (statusCode < 300 || statusCode > 399 || headers.location === undefined) {
    throw new Error(`${url.host} answered with status ${statusCode}`);
  }
  const target = new URL(headers.location, url);
  if (target.protocol !== 'https:') throw new Error(`${url.host} redirects away from https`);
  return target;
}

/**
 * @param {URL} url
 * @param {{ env: Environment, idleMs: number }} options
 * @returns {Promise<http.IncomingMessage>}
 */
async function request(url, { env, idleMs }) {
  const proxy = proxyFor(url, env);
  const socket = proxy === null ? undefined : await tunnel(proxy, url, idleMs);
  return new Promise((resolve, reject) => {
    const outgoing = https.get(
      url,
      {
        headers: { 'user-agent': 'rowtrail-setup', accept: '*/*' },
        ...(socket
          ? { createConnection: () => tls.connect({ socket, servername: url.hostname }) }
          : { agent: false }),
      },
      resolve,
    );
    giveUpAfter(idleMs, outgoing, url.host);
    outgoing.on('error', reject);
  });
}

/**
 * @param {URL} proxy
 * @param {URL} url
 * @param {number} idleMs
 * @returns {Promise<import('node:stream').Duplex>}
 */
function tunnel(proxy, url, idleMs) {
  const target = `${url.hostname}:${url.port || 443}`;
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return new Promise((resolve, reject) => {
    const outgoing = (proxy.protocol === 'https:' ? https : http).request({
      host: proxy.hostname,
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: target,
      agent: false,
      headers: {
        host: target,
        ...(user !== ':' && { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` }),
      },
    });
    giveUpAfter(idleMs, outgoing, proxy.host);
    outgoing.on('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) resolve(socket);
      else {
        socket.destroy();
        reject(new Error(`the proxy ${proxy.host} answered with status ${statusCode}`));
      }
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** @param {number} idleMs @param {http.ClientRequest} outgoing @param {string} host */
function giveUpAfter(idleMs, outgoing, host) {
  outgoing.setTimeout(idleMs, () => outgoing.destroy(new Error(`${host} was silent for ${idleMs / 1000} s`)));
}
