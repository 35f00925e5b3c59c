import { RowtrailError } from '../errors/index.ts';
import { locateFfmpeg, locateYtDlp } from '../sources/index.ts';
import { installHint } from './check-environment.ts';
import type { WorkflowOptions } from './options.ts';

/** Why no YouTube download can be made on this machine and what to do about it, or null. */
export async function missingTool({
  transcriptOnly,
}: WorkflowOptions): Promise<{ readonly message: string; readonly hint: string } | null> {
  try {
    await locateYtDlp();
    if (transcriptOnly !== true) await locateFfmpeg();
    return null;
  } catch (error) {
    if (!(error instanceof RowtrailError)) throw error;
    return {
      message: error.message,
      hint: installHint(error.code === 'ffmpeg_missing' ? 'ffmpeg' : 'yt-dlp'),
    };
  }
}
