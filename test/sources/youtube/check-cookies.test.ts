import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkCookies, whatIsWrong } from '../../../src/sources/youtube/check-cookies.ts';
import { downloadYoutubeWithContext } from '../../../src/sources/youtube/index.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { row } from './loopback.ts';

const NOW = Date.UTC(2026, 0, 1);
const cookie = (domain: string, expires: number) => `${domain}\tTRUE\t/\tTRUE\t${expires}\tNAME\tvalue`;
const [PAST, FUTURE] = [NOW / 1000 - 86_400, NOW / 1000 + 86_400];

describe('cookies', () => {
  it.each([
    ['one that is valid', [cookie('.youtube.com', FUTURE)]],
    ['one of a session', [cookie('.youtube.com', 0)]],
    ['one that only servers see', [`#HttpOnly_${cookie('.youtube.com', FUTURE)}`]],
    ['one that is valid among expired ones', [cookie('.youtube.com', PAST), cookie('.google.com', FUTURE)]],
  ])('with %s are fit for use', (_, lines) => {
    expect(whatIsWrong(`# Netscape HTTP Cookie File\n${lines.join('\r\n')}\n`, NOW)).toBeNull();
  });

  it.each([
    ['{"cookies": []}', 'Netscape'],
    ['', 'Netscape'],
    ['# a note\n# another\twith\ttabs\tin\tit\t1\tx', 'Netscape'],
    [cookie('.example.org', FUTURE), 'none of youtube.com'],
    [cookie('.notyoutube.com', FUTURE), 'none of youtube.com'],
    [cookie('.youtube.com', PAST), 'expired, the last on 2025-12-31'],
  ])('%j are not', (text, why) => {
    expect(whatIsWrong(text, NOW)).toContain(why);
  });

  it('that are missing, a folder, or of no use are refused before anything is asked or written', async () => {
    const folder = await tempFolder();
    const file = join(folder, 'cookies.txt');
    await writeFile(file, cookie('.youtube.com', PAST));
    await expect(checkCookies(file, NOW)).rejects.toMatchObject({ code: 'usage', category: 'validation' });
    await expect(checkCookies(join(folder, 'none'), NOW)).rejects.toMatchObject({ code: 'file_missing' });
    await expect(checkCookies(folder, NOW)).rejects.toMatchObject({ category: 'file_io' });
    const outputDir = join(folder, 'out');
    await expect(
      downloadYoutubeWithContext('youtu.be/aaaaaaaaaaa', row, { outputDir, cookiesFile: file }),
    ).rejects.toMatchObject({ code: 'usage' });
  });
});
