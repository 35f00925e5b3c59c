import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isGoogleUrl } from '../../../src/sources/drive/http/google-host.ts';
import { parseDriveLinks } from '../../../src/sources/drive/index.ts';
import { downloadUrl } from '../../../src/sources/drive/links/target.ts';

const ID = '1AbCdEfGhIjKlMnOpQrStUvWxYz_-';
const OTHER = '0ZyXwVuTsRqPo';

describe('the targets of a Drive link cell', () => {
  it.each([
    ['file', `https://drive.google.com/file/d/${ID}/view`],
    ['file', `https://drive.google.com/file/d/${ID}/view?usp=sharing`],
    ['file', `https://drive.google.com/file/u/0/d/${ID}/edit`],
    ['file', `https://drive.google.com/a/example.org/file/d/${ID}`],
    ['file', `http://drive.google.com/uc?id=${ID}&export=download`],
    ['file', `https://drive.google.com/u/1/uc?export=download&id=${ID}`],
    ['file', `https://drive.usercontent.google.com/download?id=${ID}&export=download&confirm=t`],
    ['file', `drive.google.com/file/d/${ID}`],
    ['any', `https://drive.google.com/open?id=${ID}`],
    ['any', `https://drive.google.com/u/0/open?usp=forms_web&id=${ID}`],
    ['folder', `https://drive.google.com/drive/folders/${ID}?usp=drive_link`],
    ['folder', `https://drive.google.com/drive/u/0/folders/${ID}`],
    ['folder', `https://drive.google.com/drive/mobile/folders/${ID}`],
    ['folder', `https://drive.google.com/embeddedfolderview?id=${ID}#list`],
    ['document', `https://docs.google.com/document/d/${ID}/edit#heading=h.1`],
    ['document', `https://docs.google.com/document/u/2/d/${ID}/mobilebasic`],
    ['spreadsheet', `https://docs.google.com/spreadsheets/d/${ID}/edit?gid=0`],
    ['presentation', `https://docs.google.com/presentation/d/${ID}`],
    [
      'file',
      `https://accounts.google.com/ServiceLogin?service=wise&continue=${encodeURIComponent(
        `https://drive.google.com/file/d/${ID}/view`,
      )}`,
    ],
    [
      'any',
      `https://accounts.google.com/v3/signin/identifier?continue=${encodeURIComponent(
        `https://accounts.google.com/ServiceLogin?continue=${encodeURIComponent(`https://drive.google.com/open?id=${ID}`)}`,
      )}`,
    ],
    ['file', `https://drive.google.com/uc?export=download&amp;id=${ID}`],
    ['folder', `https://www.google.com/url?q=https://drive.google.com/drive/folders/${ID}&sa=D`],
    ['folder', `https://google.com/url?q=https://drive.google.com/drive/folders/${ID}&sa=D`],
    ['folder', `https://www.google.co.uk/url?url=https://drive.google.com/drive/folders/${ID}&sa=D`],
    ['folder', `https://drive.google.com/#folders/${ID}`],
    ['file', `(https://drive.google.com/file/d/${ID}/view)`],
    ['file', `\u200Bhttps://drive.google.com/uc?id=${ID}\u2060`],
  ])('reads a %s out of %s', (kind, link) => {
    const target = { kind, id: ID, resourceKey: null };
    expect(parseDriveLinks(link)).toEqual({ targets: [target], error: null, links: [{ target }] });
  });

  it('carries the resource key', () => {
    const [target] = parseDriveLinks(
      `https://drive.google.com/file/d/${ID}/view?resourcekey=0-abc_DEF&usp=x`,
    ).targets;
    expect(target?.resourceKey).toBe('0-abc_DEF');
  });

  it.each([' | ', '|', '\n', ' ; ', '  ', ', '])(
    'takes several links apart at %j and drops repeats',
    (between) => {
      const links = [ID, OTHER, ID].map((id) => `https://drive.google.com/file/d/${id}/view`);
      expect(parseDriveLinks(links.join(between)).targets.map(({ id }) => id)).toEqual([ID, OTHER]);
    },
  );

  it.each([
    ['a comma, without schemes', `drive.google.com/file/d/${ID}/view,drive.google.com/file/d/${OTHER}/view`],
    ['a comma in a query', `drive.google.com/open?id=${ID},drive.google.com/open?id=${OTHER}`],
    ['a comma, one scheme', `https://drive.google.com/uc?id=${ID},docs.google.com/document/d/${OTHER}`],
    ['a Chinese comma', `https://drive.google.com/uc?id=${ID}、https://drive.google.com/uc?id=${OTHER}`],
    ['a wide semicolon', `https://drive.google.com/uc?id=${ID}；drive.google.com/uc?id=${OTHER}`],
    ['nothing', `https://drive.google.com/file/d/${ID}/viewhttps://drive.google.com/uc?id=${OTHER}`],
  ])('finds both links of a cell with %s between them, with direct links and without', (_, cell) => {
    for (const allowDirectLinks of [false, true]) {
      const { links, targets } = parseDriveLinks(cell, { allowDirectLinks });
      expect(links).toHaveLength(2);
      expect(targets.map(({ id }) => id)).toEqual([ID, OTHER]);
    }
  });

  it.each([
    (link: string) => `<${link}>`,
    (link: string) => `“${link}”`,
    (link: string) => `["${link}","${link}"]`,
    (link: string) => `(${link}).`,
    (link: string) => `'${link}';`,
    (link: string) => `\uFEFF${link}\u200E`,
    (link: string) => `${link}"${link}`,
  ])('takes no quotes, brackets and what is not seen along with a link (%#)', (write) => {
    for (const allowDirectLinks of [false, true]) {
      const { links, targets } = parseDriveLinks(write(`https://drive.google.com/open?id=${ID}`), {
        allowDirectLinks,
      });
      expect(links).toHaveLength(1);
      expect(targets.map(({ id }) => id)).toEqual([ID]);
    }
  });

  it('does not take the beginning of a link that was cut off for the whole', () => {
    expect(parseDriveLinks('https://drive.google.com/open?id=1AbCdEfGhIj...').error?.code).toBe(
      'malformed_link',
    );
  });

  it('reads a cell of any length in a time that grows with it', () => {
    // In one that grew with its square this would go on for minutes.
    for (const piece of [',', ';', '"', 'https:', 'a,', '\u200B', '(', 'https://drive.google.com/'])
      for (const allowDirectLinks of [false, true])
        expect(
          parseDriveLinks(`${piece.repeat(200_000)}x`, { allowDirectLinks }).targets.length,
        ).toBeLessThan(2);
  });

  it('takes a wrapped link for one, however its address is written', () => {
    const inner = `https://drive.google.com/open?id=${ID}`;
    for (const wrapped of [inner, encodeURIComponent(inner), `https%3A//drive.google.com/open?id=${ID}`])
      expect(
        parseDriveLinks(`https://accounts.google.com/ServiceLogin?continue=${wrapped}`).links,
      ).toHaveLength(1);
  });

  it.each([
    ['foreign_link', 'file:///etc/passwd'],
    ['foreign_link', 'https://example.org/file/d/1AbCdEfGhIjK/view'],
    ['foreign_link', 'https://drive.google.com@example.org/open?id=1AbCdEfGhIjK'],
    ['foreign_link', 'https://drive.google.com.example.org/open?id=1AbCdEfGhIjK'],
    ['foreign_link', 'https://drive.google.com:8443/open?id=1AbCdEfGhIjK'],
    ['foreign_link', 'ftp://drive.google.com/open?id=1AbCdEfGhIjK'],
    ['foreign_link', `https://accounts.google.com/ServiceLogin?continue=https://example.org/`],
    ['malformed_link', '--exec'],
    ['malformed_link', 'see my folder'],
    ['malformed_link', 'https://drive.google.com/open?id=--exec'],
    ['malformed_link', 'https://drive.google.com/open?id=../../../etc/passwd'],
    ['malformed_link', 'https://drive.google.com/file/d/short/view'],
    ['malformed_link', 'https://drive.google.com/drive/folders/'],
    ['malformed_link', 'https://accounts.google.com/ServiceLogin'],
    ['malformed_link', '  | '],
    ['unsupported_link', 'https://docs.google.com/forms/d/1AbCdEfGhIjK/viewform'],
    ['unsupported_link', 'https://docs.google.com/document/d/e/2PACX-1vAbCdEfGh/pub'],
    ['unsupported_link', 'https://drive.google.com/drive/my-drive'],
  ])('refuses as %s: %s', (code, link) => {
    const { targets, error } = parseDriveLinks(link);
    expect(targets).toEqual([]);
    expect(error).toMatchObject({ code });
  });

  it('keeps the good links of ten of which three cannot be used, each in its place', () => {
    const good = Array.from({ length: 7 }, (_, n) => `https://drive.google.com/open?id=${ID}${n}`);
    const bad = [
      'https://example.org/x',
      'htps://drive.google.com/open?id=1',
      'https://drive.google.com/file/d/a"b/view',
    ];
    const cell = [good[0], bad[0], ...good.slice(1, 5), bad[1], bad[2], ...good.slice(5)].join(' | ');
    const { links, targets, error } = parseDriveLinks(cell);
    expect(error).toBeNull();
    expect(targets).toHaveLength(7);
    expect(links.map((link) => ('error' in link ? link.error.code : 'good'))).toEqual([
      'good',
      'foreign_link',
      'good',
      'good',
      'good',
      'good',
      'malformed_link',
      'malformed_link',
      'good',
      'good',
    ]);
    for (const [at, link] of [1, 6, 7].map((place) => links[place]).entries())
      expect(link).toMatchObject({
        link: bad[at],
        error: { message: expect.stringContaining(bad[at] ?? '') },
      });
  });

  it.each([`${ID}'`, `${ID}"`, `${ID}%2F..%2Fx`, `${ID}/../x`, `${ID}'+or+1`, `${ID}<`])(
    'never takes %s for an id',
    (id) => {
      for (const link of [`https://drive.google.com/open?id=${id}`, `https://drive.google.com/uc?id=${id}`]) {
        const { targets } = parseDriveLinks(link);
        expect(targets.filter((target) => !/^[A-Za-z0-9_-]+$/.test(target.id))).toEqual([]);
      }
    },
  );

  it('gives only targets whose addresses stay on Google, whatever the cell holds', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.constantFrom(
        'https://drive.google.com/open?id=',
        ID,
        '|',
        '/../',
        '%2e%2e',
        '@',
        'accounts.google.com?continue=',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const { links, targets, error } = parseDriveLinks(pieces.join(''));
        expect(links.length).toBeGreaterThan(0);
        expect(error === null).toBe(targets.length > 0);
        for (const target of targets) {
          expect(target.id).toMatch(/^[A-Za-z0-9_-]{10,}$/);
          expect(isGoogleUrl(new URL(downloadUrl(target, null)))).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a plain link to a file of another host', () => {
  const direct = (cell: string) => parseDriveLinks(cell, { allowDirectLinks: true });

  it.each([
    'https://example.org/a;b,c/file.bin?x=1',
    'https://example.org/a,b.c/d、e.bin',
    'https://example.org/نمی\u200Cخواهم.pdf',
    'http://localhost:8080/x',
    'example.org/clip.mp4',
  ])('is a target where it is allowed: %s', (link) => {
    const { targets } = direct(link);
    const url = new URL(link.startsWith('http') ? link : `https://${link}`).href;
    expect(targets).toEqual([
      { kind: 'direct', id: expect.stringMatching(/^web-[0-9a-f]{24}$/), resourceKey: null, url },
    ]);
    expect(direct(`${link}#part`).targets).toEqual(targets);
  });

  it('stands beside links to Drive, also inside a login redirect', () => {
    const inner = encodeURIComponent('https://example.org/b.bin');
    const cell = `https://example.org/a.bin;https://drive.google.com/open?id=${ID},https://www.google.com/url?q=${inner}`;
    expect(direct(cell).targets.map(({ kind }) => kind)).toEqual(['direct', 'any', 'direct']);
  });

  it.each([
    ['unsupported_link', 'https://user:secret@example.org/x'],
    ['unsupported_link', 'https://docs.google.com/forms/d/1AbCdEfGhIjK/viewform'],
    ['foreign_link', 'ftp://example.org/x'],
    ['malformed_link', 'my files'],
  ])('is refused as %s: %s', (code, link) => {
    const { error } = direct(link);
    expect(error).toMatchObject({ code });
    expect(error?.message).not.toContain('secret');
  });
});
