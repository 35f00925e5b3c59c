/** Where Drive's API and the tokens for it are. */
export const API_ORIGIN = 'https://www.googleapis.com';

const DOMAINS = ['google.com', 'googleusercontent.com'];
const HOSTS: ReadonlySet<string> = new Set(['www.googleapis.com', 'oauth2.googleapis.com']);

/** Whether an address belongs to Google and is encrypted; nothing else is contacted for a link of Drive's, wherever a redirect leads. */
export function isGoogleUrl(url: URL): boolean {
  const { hostname } = url;
  const ours = DOMAINS.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
  return isEncrypted(url) && (ours || HOSTS.has(hostname));
}

/**
 * Whether a request there may carry what lets us in: a key at the API only, a token also where documents are exported. What
 * Google serves for other people is never told who we are.
 */
export function takesCredentials(url: URL, kind: string): boolean {
  const { hostname } = url;
  const isTold = hostname === 'www.googleapis.com' || (hostname === 'docs.google.com' && kind !== 'api_key');
  return isTold && isEncrypted(url);
}

function isEncrypted({ protocol, port }: URL): boolean {
  return protocol === 'https:' && port === '';
}
