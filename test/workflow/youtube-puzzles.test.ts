import { expect, it } from 'vitest';
import { judgePuzzles } from '../../src/workflow/environment/youtube-puzzles.ts';

const header = (runtimes: string, libraries: string) =>
  `[debug] Command-line config: ['--ignore-config']\n[debug] Optional libraries: ${libraries}\n[debug] JS runtimes: ${runtimes}\n[debug] Proxy map: {}\n\nUsage: yt-dlp [OPTIONS] URL [URL...]\n\nyt-dlp: error: You must provide at least one URL.\n`;

it.each([
  ['\nUsage: yt-dlp [OPTIONS] URL [URL...]\n\nyt-dlp: error: no such option: --js-runtimes\n', 'too old'],
  [header('none', 'sqlite3-3.40.1, yt_dlp_ejs-0.8.0'), 'does not accept this Node (none)'],
  [header('node-20.1.0 (unsupported)', 'yt_dlp_ejs-0.8.0'), 'does not accept this Node'],
  [header('node-24.21.0', 'certifi-2022.09.24, sqlite3-3.40.1'), 'lacks the solver scripts'],
  [header('node-24.21.0', 'yt_dlp_ejs-0.1.0 (unsupported)'), 'lacks the solver scripts'],
])('a yt-dlp that cannot solve the puzzles of today is found out, with what mends it (%#)', (text, found) => {
  const check = judgePuzzles('2025.01.15', text);
  expect(check).toMatchObject({ status: 'warning', cause: 'ytdlp_failed' });
  expect(check.found).toContain(found);
  expect(check.mend).toMatch(/rowtrail setup yt-dlp|Install Node 24/);
});

it('one that does not tell is not blamed', () => {
  const check = judgePuzzles('2026.08.19', 'Usage: something else\n');
  expect(check).toMatchObject({ status: 'ok', mend: null });
  expect(check.found).toContain('does not say');
});

it('one that can is fine', () => {
  expect(
    judgePuzzles('2026.08.19', header('deno-2.4.1, node-24.21.0', 'sqlite3-3.40.1, yt_dlp_ejs-0.8.0')),
  ).toEqual({
    name: 'JavaScript for YouTube',
    status: 'ok',
    found: 'node-24.21.0 with yt-dlp-ejs 0.8.0',
    mend: null,
    cause: null,
  });
});
