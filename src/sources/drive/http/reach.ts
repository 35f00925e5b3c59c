import { RowtrailError } from '../../../errors/index.ts';
import { isMeantForThisNetwork } from '../links/direct-target.ts';
import { isGoogleUrl } from './google-host.ts';
import { asUtf8 } from '../names/header-text.ts';
import { namesLinkLocalHost, namesPrivateHost, privateAddress, requirePublicHost } from './public-address.ts';
import type { DriveTarget } from '../links/target.ts';

/** Which hosts the requests for a target may go to. */
export interface Reach {
  /** Hosts besides Google's. */
  readonly otherHosts: boolean;
  /** Addresses of this machine and its network. */
  readonly privateHosts: boolean;
  /** Link-local ones among them, at which clouds give out credentials. */
  readonly linkLocalHosts: boolean;
}

/** Google's own hosts: all that a link of Drive's needs. */
export const GOOGLE_ONLY: Reach = { otherHosts: false, privateHosts: false, linkLocalHosts: false };

export function reachOf(target: DriveTarget, allowPrivateAddresses: boolean): Reach {
  const linkLocalHosts = allowPrivateAddresses;
  if (target.kind !== 'direct')
    return { otherHosts: false, privateHosts: allowPrivateAddresses, linkLocalHosts };
  const privateHosts = allowPrivateAddresses || isMeantForThisNetwork(target);
  return { otherHosts: true, privateHosts, linkLocalHosts };
}

/**
 * Whether the address that a request ends up at must be looked at when it is connected to. Google's hosts prove by their
 * certificate who they are.
 */
export function needsPublicAddress(url: URL, { privateHosts }: Reach): boolean {
  return !privateHosts && !isGoogleUrl(url);
}

/** Where a redirect leads, if we follow it there. @throws RowtrailError */
export function redirected(location: string | undefined, from: string, reach: Reach): string {
  const next = location ? URL.parse(asUtf8(location), from) : null;
  if (next === null || !['http:', 'https:'].includes(next.protocol)) {
    const where = next === null ? '' : ` (${next.protocol})`;
    throw new RowtrailError(
      'unexpected_page',
      `A redirect without a web address came instead of the file${where}`,
    );
  }
  if (!reach.privateHosts) requirePublicHost(next);
  if (!reach.linkLocalHosts && namesLinkLocalHost(next)) throw privateAddress(next.hostname);
  const isAllowed = isGoogleUrl(next) || reach.otherHosts || (reach.privateHosts && namesPrivateHost(next));
  if (!isAllowed) {
    throw new RowtrailError('unexpected_page', `A redirect leads away from Google Drive, to ${next.host}`);
  }
  if (next.hostname === 'accounts.google.com') {
    throw new RowtrailError('not_shared', 'The file is not shared with everyone: Google asks to sign in');
  }
  if (isGoogleUrl(next) && next.pathname.startsWith('/sorry/')) {
    throw new RowtrailError('too_many_requests', 'Google asks whether we are a bot');
  }
  return next.href;
}
