import { Command } from 'commander';
import { RowtrailError, type WorkerOptions, type WorkflowOptions } from '../index.ts';
import { columnMappingOf } from './columns.ts';
import type { Settings } from './settings/schema.ts';

/** The flags that choose what a run fetches; `plan` has them too. */
export function addPlanOptions(command: Command): void {
  command
    .option('--max-youtube <n>', 'at most so many YouTube downloads in this run')
    .option('--max-drive <n>', 'at most so many Drive downloads in this run')
    .option('--skip-youtube', 'leave YouTube out')
    .option('--skip-drive', 'leave Drive out')
    .option('--transcript-only', 'fetch transcripts only; a later full run fetches the videos')
    .option('--allow-direct-links', 'take plain links to files in the Drive column, too')
    .option('--retry-attempts <n>', 'give a download up after so many attempts (default 3)')
    .option('--no-include-failed', 'do not try again what failed earlier');
}

/** The flags that say how a run fetches. */
export function addFetchOptions(command: Command): void {
  command
    .option('--resolution <height>', 'height of the picture at most, e.g. 720')
    .option('--format <name>', 'mp4 (default), mkv, webm, m4a or mp3')
    .option('--sub-langs <list>', 'languages of transcripts, the preferred first (default en,en-orig)')
    .option('--transcript-format <name>', 'vtt (default), srt or txt')
    .option('--limit-rate <rate>', 'bytes a second of each YouTube transfer at most, e.g. 2M')
    .option('--archive <file>', 'take over what plain yt-dlp fetched: its --download-archive')
    .option('--concurrency <n>', 'transfers at once for each source (default 3)')
    .option('--output <dir>', 'a folder or s3://bucket/prefix for all files: the two below go into it')
    .option('--youtube-dir <dir>', 'folder for YouTube files (default youtube_downloads)')
    .option('--drive-dir <dir>', 'folder for Drive files (default drive_downloads)')
    .option('--proxy <url>', 'HTTP proxy (default: HTTPS_PROXY)')
    .option('--ca-cert <file>', 'PEM file with a certificate authority to trust besides the usual ones')
    .option('--cookies <file>', 'cookies.txt for YouTube, for rows that need an account')
    .option('--drive-api-key <key>', 'ask Drive through its API (better: ROWTRAIL_DRIVE_API_KEY)')
    .option('--google-credentials <file>', 'key of a service account, or an OAuth token, for private files')
    .option('--export-formats <list>', 'for Google Docs, Sheets, Slides, e.g. pdf (default docx,xlsx,pptx)')
    .option('--allow-private-addresses', 'let links lead to addresses of your own network')
    .option('--pace <name>', 'polite (default), off, or the time between two starts at a host, e.g. 2s')
    .option('--max-wait <time>', 'the longest pause of a host to wait for, e.g. 10m (default)')
    .option(
      '--sidecar-identity <what>',
      'what sidecars hold of names and e-mails: full (default), hashed or none',
    )
    .option('--s3-endpoint <url>', "object storage that is not Amazon's (default AWS_ENDPOINT_URL)")
    .option('--no-share', 'keep the files of rows with the same video or file apart on the disk');
}

/** The flags of a run that shares its work through a store. */
export function addSharingOptions(command: Command): void {
  addLeaseOption(command).option('--no-download', 'with --store: leave the fetching to workers');
}

function addLeaseOption(command: Command): Command {
  return command.option(
    '--lease <time>',
    'with --store: who gives no sign of life for so long loses its downloads to others (default 60s)',
  );
}

/** The flags that say how a worker fetches. What it fetches, and in which form, says the run. */
export function addWorkerOptions(command: Command): void {
  command.option('--skip-youtube', 'leave YouTube to others').option('--skip-drive', 'leave Drive to others');
  for (const option of fetchOptions().filter(({ long }) => OF_A_MACHINE.has(long ?? '')))
    command.addOption(option);
  addLeaseOption(command).option(
    '--grace <time>',
    'how long transfers may go on once the worker is to end (default 30s)',
  );
  command
    .option('--health-port <port>', 'answer /healthz and /readyz on this port (0 for any that is free)')
    .option('--health-host <address>', 'the address of that port (default 127.0.0.1)');
}

/** What of a run's flags concerns the machine, and not what comes of it. */
const OF_A_MACHINE: ReadonlySet<string> = new Set([
  '--output',
  '--s3-endpoint',
  '--limit-rate',
  '--archive',
  '--concurrency',
  '--youtube-dir',
  '--drive-dir',
  '--proxy',
  '--ca-cert',
  '--cookies',
  '--drive-api-key',
  '--google-credentials',
  '--allow-private-addresses',
  '--pace',
]);

function fetchOptions() {
  const command = new Command();
  addFetchOptions(command);
  return command.options;
}

/** Settings as a worker takes them. @throws RowtrailError `usage` without a store */
export function workerOptionsOf(settings: Settings): WorkerOptions {
  const { store } = settings;
  if (store === undefined)
    throw new RowtrailError(
      'usage',
      'a worker takes its work from a store: give --store postgres://user@host/database, or ROWTRAIL_STORE',
    );
  return {
    store,
    youtubeDir: settings.youtube_dir,
    driveDir: settings.drive_dir,
    skipYoutube: settings.skip_youtube,
    skipDrive: settings.skip_drive,
    limitRate: settings.limit_rate,
    archive: settings.archive,
    concurrency: settings.concurrency,
    proxy: settings.proxy,
    caCert: settings.ca_cert,
    cookies: settings.cookies,
    driveApiKey: settings.drive_api_key,
    googleCredentials: settings.google_credentials,
    allowPrivateAddresses: settings.allow_private_addresses,
    pace: settings.pace,
    lease: settings.lease,
    grace: settings.grace,
    healthPort: settings.health_port,
    healthHost: settings.health_host,
  };
}

/** After so many attempts a run gives a failed download up by itself. */
export function retryAttemptsOf({ retry_attempts = 3, include_failed = true }: Settings): number {
  return include_failed ? retry_attempts : 0;
}

/** Settings as the workflow takes them. */
export function workflowOptionsOf(settings: Settings): WorkflowOptions {
  return {
    youtubeDir: settings.youtube_dir,
    driveDir: settings.drive_dir,
    maxYoutube: settings.max_youtube,
    maxDrive: settings.max_drive,
    skipYoutube: settings.skip_youtube,
    skipDrive: settings.skip_drive,
    transcriptOnly: settings.transcript_only,
    resolution: settings.resolution,
    format: settings.format,
    subLangs: settings.sub_langs,
    transcriptFormat: settings.transcript_format,
    limitRate: settings.limit_rate,
    archive: settings.archive,
    concurrency: settings.concurrency,
    retryAttempts: settings.retry_attempts,
    includeFailed: settings.include_failed,
    proxy: settings.proxy,
    caCert: settings.ca_cert,
    cookies: settings.cookies,
    driveApiKey: settings.drive_api_key,
    googleCredentials: settings.google_credentials,
    allowDirectLinks: settings.allow_direct_links,
    allowPrivateAddresses: settings.allow_private_addresses,
    exportFormats: settings.export_formats,
    pace: settings.pace,
    maxWait: settings.max_wait,
    sidecarIdentity: settings.sidecar_identity,
    share: settings.share,
    store: settings.store,
    lease: settings.lease,
    columns: columnMappingOf(settings),
  };
}
