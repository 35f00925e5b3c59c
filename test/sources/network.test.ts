import { describe, expect, it } from 'vitest';
import { proxyFor, resolveNetwork } from '../../src/sources/network.ts';

const PROXY = 'http://proxy.example:3128';

describe('the proxy for an address', () => {
  it.each([
    ['', 'https://drive.google.com/', PROXY],
    ['example.org', 'https://example.org/', null],
    ['example.org', 'https://files.example.org/a', null],
    ['example.org', 'https://badexample.org/', PROXY],
    ['example.org', 'https://example.org.evil/', PROXY],
    ['.example.org', 'https://example.org/', null],
    ['*.example.org', 'https://a.b.example.org/', null],
    ['EXAMPLE.org', 'https://Files.Example.ORG/', null],
    ['a.org, example.org', 'https://example.org/', null],
    ['a.org example.org', 'https://example.org/', null],
    ['example.org:8080', 'https://example.org/', PROXY],
    ['example.org:8080', 'http://example.org:8080/', null],
    ['example.org:443', 'https://example.org/', null],
    ['127.0.0.1', 'http://127.0.0.1:9/', null],
    ['[::1]', 'http://[::1]:9/', null],
    ['*', 'https://drive.google.com/', null],
    [',,:,', 'https://drive.google.com/', PROXY],
    ['.', 'https://drive.google.com/', PROXY],
  ])('with NO_PROXY=%s and %s is %s', (noProxy, url, proxy) => {
    expect(proxyFor({ proxy: PROXY, caCertFile: null, noProxy }, new URL(url))).toBe(proxy);
  });
});

describe('the network of the environment', () => {
  it('has its exceptions from NO_PROXY; a proxy that was given has none', () => {
    const env = { HTTPS_PROXY: PROXY, NO_PROXY: 'example.org' };
    expect(resolveNetwork({}, env)).toEqual({ proxy: PROXY, caCertFile: null, noProxy: 'example.org' });
    expect(resolveNetwork({}, { https_proxy: PROXY, no_proxy: 'a' })).toMatchObject({ noProxy: 'a' });
    expect(resolveNetwork({}, { HTTPS_PROXY: '127.0.0.1:3128' })).toMatchObject({
      proxy: 'http://127.0.0.1:3128',
    });
    expect(resolveNetwork({ proxy: 'http://other:1' }, env)).toEqual({
      proxy: 'http://other:1',
      caCertFile: null,
    });
  });
});
