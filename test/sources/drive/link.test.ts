import { describe, expect, it } from 'vitest';
import { parseDriveLinks } from '../../../src/sources/drive/index.ts';

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
    ['folder', `https://www.google.com/url?q=https://drive.google.com/drive/folders/${ID}&sa=D`],
  ])('reads a %s out of %s', (kind, link) => {
    expect(parseDriveLinks(link)).toEqual({ targets: [{ kind, id: ID, resourceKey: null }], error: null });
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

  it('names the link that cannot be used among good ones', () => {
    const { error } = parseDriveLinks(`https://drive.google.com/open?id=${ID} | https://example.org/x`);
    expect(error?.message).toContain('https://example.org/x');
  });
});
