import { describe, expect, it } from 'vitest';
import { parseDriveLinks } from '../../src/sources/drive/index.ts';
import { parseYoutubeLinks } from '../../src/sources/youtube/index.ts';

/** What is no link to either host is told apart in the same way for both, so that the advice is the same. */
const REFUSED: readonly (readonly ['malformed_link' | 'foreign_link', string])[] = [
  ['malformed_link', 'htps://youtu.be/aaaaaaaaaaa'],
  ['malformed_link', 'htps://drive.google.com/open?id=1AbCdEfGhIjK'],
  ['malformed_link', 'HTTPSS://drive.google.com/open?id=1AbCdEfGhIjK'],
  ['malformed_link', 'ttps:/typo'],
  ['malformed_link', 'https//drive.google.com/open?id=1AbCdEfGhIjK'],
  ['malformed_link', 'https://https://youtu.be/aaaaaaaaaaa'],
  ['malformed_link', 'http://http:/drive.google.com/open?id=1AbCdEfGhIjK'],
  ['malformed_link', 'javascript:alert(1)'],
  ['malformed_link', 'ytsearch5:cats'],
  ['malformed_link', 'C:\\Users\\me\\clip.mp4'],
  ['malformed_link', '--exec'],
  ['malformed_link', 'https://'],
  ['foreign_link', 'https://vimeo.com/1234'],
  ['foreign_link', 'HTTP://EXAMPLE.ORG'],
  ['foreign_link', 'example.org:8443/file/d/1AbCdEfGhIjK'],
  ['foreign_link', 'http://localhost/x'],
  ['foreign_link', 'http://169.254.169.254/latest'],
  ['foreign_link', 'file:///etc/passwd'],
  ['foreign_link', 'ftp://youtube.com/watch?v=dQw4w9WgXcQ'],
  ['foreign_link', 'mailto:somebody@example.org'],
];

describe.each([
  ['YouTube', parseYoutubeLinks],
  ['Drive', parseDriveLinks],
])('a %s cell', (_name, parse) => {
  it.each(REFUSED)('is a %s with %s in it', (code, link) => {
    const { targets, error } = parse(link);
    expect({ targets, code: error?.code }).toEqual({ targets: [], code });
    expect(error?.message).toContain(link);
  });
});
