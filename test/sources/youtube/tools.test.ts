import { chmod, mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { locateFfmpeg, locateYtDlp } from '../../../src/sources/youtube/index.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** A program that says its version and counts how often it was asked. */
async function program(path: string, says: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho asked >> '${path}.log'\necho '${says}'\n`);
  await chmod(path, 0o755);
  return path;
}

const timesAsked = async (path: string) => (await readFile(`${path}.log`, 'utf8')).split('\n').length - 1;

describe('yt-dlp', () => {
  it('is looked for where the caller says, then the environment, then the set-up, then PATH', async () => {
    const home = await tempFolder();
    const system = process.env['PATH'] ?? '';
    const onPath = await program(join(home, 'bin', 'yt-dlp'), '2024.01.01');
    const env: NodeJS.ProcessEnv = { HOME: home, PATH: `${join(home, 'bin')}:${system}` };
    expect(await locateYtDlp(env)).toEqual({ path: onPath, version: '2024.01.01' });

    const installed = await program(join(home, '.local/share/rowtrail/bin/yt-dlp'), '2024.02.02');
    expect((await locateYtDlp(env)).path).toBe(installed);
    const data = await program(join(home, 'data/rowtrail/bin/yt-dlp'), '2024.03.03');
    expect((await locateYtDlp({ ...env, XDG_DATA_HOME: join(home, 'data') })).path).toBe(data);

    const named = await program(join(home, 'named'), '2024.04.04');
    expect((await locateYtDlp({ ...env, ROWTRAIL_YT_DLP: named })).path).toBe(named);
    expect((await locateYtDlp({ ...env, ROWTRAIL_YT_DLP: named }, onPath)).path).toBe(onPath);
  });

  it('is asked for its version once, and again after it was updated', async () => {
    const path = await program(join(await tempFolder(), 'yt-dlp'), '2024.01.01');
    await locateYtDlp(process.env, path);
    await locateYtDlp(process.env, path);
    expect(await timesAsked(path)).toBe(1);
    await utimes(path, new Date(), new Date(Date.now() + 5000));
    await locateYtDlp(process.env, path);
    expect(await timesAsked(path)).toBe(2);
  });

  it.each(['', 'command not found', 'ffmpeg version 5'])('that answers %j is none', async (says) => {
    const path = await program(join(await tempFolder(), 'yt-dlp'), says);
    await expect(locateYtDlp(process.env, path)).rejects.toMatchObject({ code: 'ytdlp_missing' });
  });

  it('is missing when nothing is there, or no program', async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'yt-dlp'), 'text');
    const missing = { code: 'ytdlp_missing' };
    await expect(locateYtDlp({ HOME: folder, PATH: folder })).rejects.toMatchObject(missing);
    await expect(locateYtDlp(process.env, join(folder, 'yt-dlp'))).rejects.toMatchObject(missing);
    await expect(locateYtDlp({ ...process.env, ROWTRAIL_YT_DLP: folder })).rejects.toMatchObject(missing);
  });
});

describe('ffmpeg', () => {
  it('comes with the ffprobe beside it', async () => {
    const folder = await tempFolder();
    const path = await program(join(folder, 'ffmpeg'), 'ffmpeg version 7.1-static Copyright');
    const ffprobe = await program(join(folder, 'ffprobe'), '');
    expect(await locateFfmpeg({ ...process.env, ROWTRAIL_FFMPEG: path })).toEqual({
      path,
      version: '7.1-static',
      ffprobe,
    });
  });

  it('is missing without ffprobe', async () => {
    const folder = await tempFolder();
    const path = await program(join(folder, 'ffmpeg'), 'ffmpeg version 7.1');
    await expect(locateFfmpeg({ PATH: folder }, path)).rejects.toMatchObject({ code: 'ffmpeg_missing' });
  });
});
