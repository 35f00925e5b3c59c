import { expect, it } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';
import { screen } from './screen.ts';

it('setup leaves alone what is there, and checks the machine', async () => {
  const { code, stdout, stderr } = await screen(['setup'], { env: process.env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^ok +ffmpeg: /m);
  expect(stdout).toMatch(/\nReady\.\n$/);
});

it('setup says what to type where it may not install, and ends with 4', async () => {
  const empty = await tempFolder();
  // A yt-dlp that the person names is there, so that nothing is fetched; there is no package manager on this PATH.
  const env = { PATH: empty, HOME: empty, ROWTRAIL_YT_DLP: process.execPath };
  const { code, stdout } = await screen(['setup'], { env, width: 40 });
  expect(code).toBe(4);
  expect(stdout).toContain('Please run:\n');
  expect(stdout).toMatch(/ffmpeg/);
  const { stdout: printed } = await screen(['setup', '--json'], { env });
  const { advice, checks } = JSON.parse(printed) as {
    advice: string;
    checks: { name: string; status: string }[];
  };
  expect(advice).toContain('ffmpeg');
  expect(checks).toContainEqual(expect.objectContaining({ name: 'ffmpeg', status: 'problem' }));
});

it('setup yt-dlp says what stays when there is nothing to go back to, and which flags exclude each other', async () => {
  const empty = await tempFolder();
  const env = { PATH: empty, HOME: empty };
  await expect(screen(['setup', 'yt-dlp', '--rollback'], { env })).rejects.toMatchObject({
    code: 'ytdlp_failed',
    message: 'yt-dlp stays as it is: there is no earlier yt-dlp to go back to',
  });
  for (const args of [['--rollback'], ['yt-dlp', '--rollback', '--version', '2026.08.19']])
    await expect(screen(['setup', ...args], { env })).rejects.toMatchObject({ code: 'usage' });
});
