import { checkEnvironment } from '../../index.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { renderChecks } from '../render/checks.ts';
import { workflowOptionsOf } from '../run-options.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';

export const doctor: CliCommand = {
  name: 'doctor',
  summary: 'Check this machine: yt-dlp, ffmpeg, disk, folders, proxy, certificates, way into Drive',
  examples: ['rowtrail doctor', 'rowtrail doctor --json'],
  options: (command) => {
    command
      .option('--output <dir>', 'a folder or s3://bucket/prefix: the two below are in it')
      .option('--youtube-dir <dir>', 'folder for YouTube files (default youtube_downloads)')
      .option('--drive-dir <dir>', 'folder for Drive files (default drive_downloads)')
      .option('--proxy <url>', 'HTTP proxy (default: HTTPS_PROXY)')
      .option('--ca-cert <file>', 'PEM file with a certificate authority to trust besides the usual ones')
      .option('--drive-api-key <key>', 'the key to try at Drive (better: ROWTRAIL_DRIVE_API_KEY)')
      .option('--google-credentials <file>', 'the credentials to try at Drive');
  },
  run: async ({ terminal, settings }, _args, options) => {
    const checks = await checkEnvironment(workflowOptionsOf(settings));
    print(terminal, options['json'] === true ? jsonText({ checks }) : renderChecks(checks, terminal));
    return checks.some(({ status }) => status === 'problem') ? ExitCode.FOUND : ExitCode.DONE;
  },
};
