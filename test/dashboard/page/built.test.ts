import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

const folder = fileURLToPath(new URL('../../../dist/dashboard/page', import.meta.url));
const assets = readdirSync(join(folder, 'assets'));
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const ofKind = (kind: string): readonly string[] => assets.filter((name) => name.endsWith(kind));

describe('the page as it is built', () => {
  test('has less than 60 kB of script, gzipped, in all', () => {
    const sizes = ofKind('.js').map((name) => gzipSync(read(join('assets', name))).length);
    expect(sizes.length).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000);
  });

  test('has nothing inline, as a strict policy asks', () => {
    const html = read('index.html');
    expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:/i);
    expect([...html.matchAll(/<script\b[^>]*>([^<]*)<\/script>/gi)].map(([, inside]) => inside)).toEqual([
      '',
    ]);
  });

  test('asks nobody else for anything', () => {
    for (const name of ['index.html', ...ofKind('.css').map((file) => join('assets', file))])
      expect(read(name)).not.toMatch(/(?:https?:)?\/\/[a-z0-9.-]+\.[a-z]|data:/i);
    // Of addresses, the script has only the names of SVG's and XHTML's vocabularies.
    for (const name of ofKind('.js')) {
      const hosts = [...read(join('assets', name)).matchAll(/https?:\/\/([a-z0-9.-]+)/gi)].map(
        ([, host]) => host,
      );
      expect(hosts.filter((host) => host !== 'www.w3.org')).toEqual([]);
    }
  });

  test('names its files by their content, so that they may be kept for ever', () => {
    for (const name of assets) expect(name).toMatch(/-[\w-]{8}\.(js|css|svg)$/);
  });

  test('keeps the notices of what it is built from', () => {
    expect(read('LICENSES.txt')).toMatch(/preact .*MIT[\s\S]*uplot .*MIT/i);
  });
});
