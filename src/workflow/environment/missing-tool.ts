import { access, constants } from 'node:fs/promises';
import { fileError, RowtrailError } from '../../errors/index.ts';
import { checkCookies, locateFfmpeg, locateYtDlp } from '../../sources/index.ts';
import { installHint } from './check-environment.ts';
import type { WorkflowOptions } from '../options.ts';

/**
 * Why no YouTube download can be made on this machine, or with these files, and what to do about it, or null.
 * @param now milliseconds since 1970: cookies expire
 */
export async function missingTool(
  { transcriptOnly, cookies, archive }: WorkflowOptions,
  now: number,
): Promise<string | null> {
  try {
    await locateYtDlp();
    if (transcriptOnly !== true) await locateFfmpeg();
    if (cookies !== undefined) await checkCookies(cookies, now);
    if (archive !== undefined) await mustBeReadable(archive);
    return null;
  } catch (error) {
    if (!(error instanceof RowtrailError)) throw error;
    const said = `${error.message.replace(/\.$/, '')}. No YouTube download was tried.`;
    if (error.code === 'ytdlp_missing') return `${said} Install it: ${installHint('yt-dlp')}`;
    if (error.code === 'ffmpeg_missing') return `${said} Install it: ${installHint('ffmpeg')}`;
    return said;
  }
}

async function mustBeReadable(file: string): Promise<void> {
  await access(file, constants.R_OK).catch((error: unknown) => {
    throw fileError(error, 'The archive of yt-dlp cannot be read', { file });
  });
}
