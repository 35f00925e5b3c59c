import { lookup as lookUp, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { RowtrailError } from '../../../errors/index.ts';

/** Addresses that lead to this machine, its network or nowhere (RFC 6890), by family. Of IPv6 also those that stand for IPv4 ones in ways that are given up. */
const PRIVATE_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
const PRIVATE_IPV6 = [
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const;

/** What is reserved for a link alone, and so for the metadata of cloud machines, one of them at an address of its own; no link of a person leads there. */
const LINK_LOCAL = blockList(
  [['169.254.0.0', 16]],
  [
    ['fe80::', 10],
    ['fd00:ec2::254', 128],
  ],
);
const PRIVATE = blockList(PRIVATE_IPV4, PRIVATE_IPV6);

/** Behind a translating router (RFC 6052) an IPv4 address is the end of an IPv6 one. */
const TRANSLATED = /^64:ff9b::(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})$/i;

/** Whether an IP address is not one of the public internet. What is no address at all is none. */
export function isPrivateAddress(address: string): boolean {
  return isIn(PRIVATE, address);
}

/** Whether a URL's host name itself says that it is on this machine or in this network, as far as that is seen without a look-up. */
export function namesPrivateHost({ hostname }: URL): boolean {
  const name = withoutBrackets(hostname).replace(/\.$/, '');
  return name === 'localhost' || name.endsWith('.localhost') || isPrivateAddress(name);
}

/** Whether a URL's host is a link-local address, at which clouds give out credentials. */
export function namesLinkLocalHost({ hostname }: URL): boolean {
  return isIn(LINK_LOCAL, withoutBrackets(hostname));
}

/** @throws RowtrailError (private_address) when the URL names a host of a private network */
export function requirePublicHost(url: URL): void {
  if (namesPrivateHost(url)) throw privateAddress(url.hostname);
}

/**
 * Looks a host name up for a connection, and gives out public addresses only: what a name leads to is decided when it is
 * connected to, so no name that changes its address in between gets past. Fails with private_address when none is left.
 */
export const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  lookUp(hostname, { ...options, all: true }, (error, found) => {
    if (error !== null) {
      callback(error, []);
      return;
    }
    const open = found.filter(({ address }) => !isPrivateAddress(address));
    const [first] = open;
    if (first === undefined) callback(privateAddress(hostname), []);
    else if (options.all === true) callback(null, open as LookupAddress[]);
    else callback(null, first.address, first.family);
  });
};

/** What is said of a host that is not contacted. */
export function privateAddress(host: string): RowtrailError {
  return new RowtrailError(
    'private_address',
    `The link leads to an address of a private network, which is not contacted: ${host}`,
  );
}

function isIn(list: BlockList, address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const plain = family === 6 ? (translated(address) ?? address) : address;
  return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

function translated(address: string): string | null {
  const [, high = '0', low] = TRANSLATED.exec(address) ?? [];
  if (low === undefined) return null;
  const bytes = [high, low].flatMap((word) => [parseInt(word, 16) >> 8, parseInt(word, 16) & 0xff]);
  return bytes.join('.');
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function blockList(
  v4: readonly (readonly [string, number])[],
  v6: readonly (readonly [string, number])[],
): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of v4) list.addSubnet(net, prefix, 'ipv4');
  for (const [net, prefix] of v6) list.addSubnet(net, prefix, 'ipv6');
  return list;
}
