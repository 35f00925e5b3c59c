import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  isPrivateAddress,
  lookUpPublic,
  namesPrivateHost,
} from '../../../src/sources/drive/http/public-address.ts';
import { GOOGLE_ONLY, type Reach, redirected } from '../../../src/sources/drive/http/reach.ts';

describe('an address', () => {
  it.each([
    ...[
      '127.0.0.1',
      '127.255.0.9',
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.169.254',
    ],
    ...['0.0.0.0', '100.64.0.1', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
    ...['::1', '::', 'fe80::1', 'fd00::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::a00:1'],
    ...['::7f00:1', '::127.0.0.1', '64:ff9b:1::a00:1', '100::1', '2002:7f00:1::', '2001:0:1::1'],
  ])('is one of a private network: %s', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each([
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '2001:4860:4860::8888',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
    'x',
  ])('is not: %s', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });

  it.each([
    ...[
      'http://127.1/',
      'http://0x7f000001/',
      'http://2130706433/',
      'http://[::1]:80/',
      'http://localhost./',
      'http://0/',
      'http://[::]/',
      'http://[::ffff:10.0.0.1]/',
      'http://[fe80::1]/',
      'http://１２７.0.0.1/',
    ],
    ...['http://a.localhost/', 'http://[::ffff:127.0.0.1]/', 'http://017700000001/'],
  ])('of a private network is seen in every spelling: %s', (url) => {
    expect(namesPrivateHost(new URL(url))).toBe(true);
  });
});

describe('a look-up for a connection', () => {
  const lookup = promisify<string, object, unknown>(lookUpPublic as never);

  it('refuses a name that leads to this machine, whatever it is called', async () => {
    await expect(lookup('localhost', { all: true })).rejects.toMatchObject({ code: 'private_address' });
    await expect(lookup('localhost', {})).rejects.toMatchObject({ code: 'private_address' });
  });

  it('gives out a public address', async () => {
    expect(await lookup('8.8.8.8', { all: true })).toEqual([{ address: '8.8.8.8', family: 4 }]);
  });
});

describe('a redirect', () => {
  const from = 'https://drive.google.com/uc?id=1';
  const to =
    (location: string | undefined, reach: Reach = GOOGLE_ONLY) =>
    () =>
      redirected(location, from, reach);
  const anywhere = { otherHosts: true, privateHosts: false, linkLocalHosts: false };
  const here = { otherHosts: true, privateHosts: true, linkLocalHosts: false };
  const everything = { otherHosts: true, privateHosts: true, linkLocalHosts: true };

  it.each(['http://127.0.0.1/x', 'http://[::1]/x', 'https://localhost/x', 'http://169.254.169.254/latest'])(
    'into a private network is refused from a public link: %s',
    (location) => {
      for (const reach of [GOOGLE_ONLY, anywhere])
        expect(to(location, reach)).toThrow(expect.objectContaining({ code: 'private_address' }));
      expect(to(location, everything)()).toBe(location);
    },
  );

  it.each(['http://169.254.169.254/latest', 'http://[fd00:ec2::254]/latest', 'http://[fe80::1]/'])(
    'to where clouds give out credentials is refused also from a link into this network: %s',
    (location) => {
      expect(to(location, here)).toThrow(expect.objectContaining({ code: 'private_address' }));
      expect(to('http://192.168.0.5/x', here)()).toBe('http://192.168.0.5/x');
    },
  );

  it('whose address is in UTF-8 bytes leads there', () => {
    const location = Buffer.from('/dätei.txt').toString('latin1');
    expect(to(location)()).toBe('https://drive.google.com/d%C3%A4tei.txt');
    expect(to('/d%C3%A4tei.txt')()).toBe('https://drive.google.com/d%C3%A4tei.txt');
  });

  it('leads to other hosts only from a link that is not one of Drive', () => {
    expect(to('https://example.org/x')).toThrow(expect.objectContaining({ code: 'unexpected_page' }));
    expect(to('https://example.org/x', anywhere)()).toBe('https://example.org/x');
    expect(to('/next?id=1')()).toBe('https://drive.google.com/next?id=1');
  });

  it.each([undefined, '', 'http://', 'ftp://example.org/x', 'file:///etc/passwd', 'javascript:alert(1)'])(
    'without a web address leads nowhere: %s',
    (location) => {
      expect(to(location, everything)).toThrow(expect.objectContaining({ code: 'unexpected_page' }));
    },
  );
});
