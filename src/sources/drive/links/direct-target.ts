import { createHash } from 'node:crypto';
import { RowtrailError } from '../../../errors/index.ts';
import { namesLinkLocalHost, namesPrivateHost } from '../http/public-address.ts';
import type { DirectTarget } from './target.ts';

/**
 * A plain link to a file of any host as a target. Its id is made from the address, so that the same link is the same
 * item in every attempt; a fragment is none of the host's business.
 * @param shown the link as messages quote it
 * @throws RowtrailError (unsupported_link) for an address with a name and password in it
 */
export function directTarget(url: URL, shown: string): DirectTarget {
  if (url.username !== '' || url.password !== '')
    throw new RowtrailError(
      'unsupported_link',
      `A link with a name and password in it: ${shown.replace(/\/\/[^/]*@/, '//')}`,
    );
  const address = new URL(url);
  address.hash = '';
  const digest = createHash('sha256').update(address.href).digest('hex');
  return { kind: 'direct', id: `web-${digest.slice(0, 24)}`, resourceKey: null, url: address.href };
}

/** What the link's last word calls the file; null where there is none. */
export function nameInAddress(address: string): string | null {
  const word = new URL(address).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(word) || null;
  } catch {
    // A stray percent sign is a part of the name.
    return word;
  }
}

/**
 * Whether the link itself names a host of this machine or network: then the person means it, and only from a public
 * host may nothing lead there. Link-local addresses, at which clouds give out credentials, nobody means.
 */
export function isMeantForThisNetwork({ url }: DirectTarget): boolean {
  const address = new URL(url);
  return namesPrivateHost(address) && !namesLinkLocalHost(address);
}
