import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type AlertTargets, DownloadMonitor, RowtrailError } from '../index.ts';
import type { CommandContext } from './command.ts';
import { trackerOptions } from './columns.ts';
import type { Settings } from './settings/schema.ts';

/** The flags of commands that look at the download folders. */
export function addFolderOptions(command: Command): void {
  command
    .option('--output <dir>', 'a folder or s3://bucket/prefix: the two below are in it')
    .option('--youtube-dir <dir>', 'folder for YouTube files (default youtube_downloads)')
    .option('--drive-dir <dir>', 'folder for Drive files (default drive_downloads)');
}

/** A monitor of one CSV, by the settings in force. */
export function openMonitor(context: CommandContext, csvPath: string): DownloadMonitor {
  const { youtube_dir: youtubeDir, drive_dir: driveDir, alerts } = context.settings;
  return new DownloadMonitor({
    csvPath,
    ...trackerOptions(context),
    ...(youtubeDir === undefined ? {} : { youtubeDir }),
    ...(driveDir === undefined ? {} : { driveDir }),
    ...(alerts === undefined ? {} : { alerts }),
  });
}

/**
 * Whom the settings want to be told of alerts.
 * @throws RowtrailError `usage` when that is nobody, or the secret cannot be read
 */
export async function alertTargets(settings: Settings): Promise<AlertTargets> {
  if (settings.alert_webhook === undefined && settings.alert_command === undefined)
    throw new RowtrailError(
      'usage',
      'nobody is set to be told of alerts: put alert_webhook or alert_command into rowtrail.config.yaml',
    );
  return chosenTargets(settings);
}

/**
 * The same, where that may be nobody.
 * @throws RowtrailError `usage` when the secret cannot be read
 */
export async function chosenTargets(settings: Settings): Promise<AlertTargets> {
  const { alert_webhook: webhook, alert_command: command } = settings;
  const secret = await secretOf(settings);
  return {
    ...(webhook === undefined ? {} : { webhook }),
    ...(command === undefined ? {} : { command }),
    ...(secret === undefined ? {} : { secret }),
  };
}

async function secretOf({
  alert_secret: secret,
  alert_secret_file: file,
}: Settings): Promise<string | undefined> {
  if (secret !== undefined || file === undefined) return secret;
  try {
    const text = (await readFile(file, 'utf8')).trim();
    if (text !== '') return text;
  } catch (error) {
    throw new RowtrailError('usage', 'alert_secret_file cannot be read', { file, error });
  }
  throw new RowtrailError('usage', 'alert_secret_file is empty', { file });
}
