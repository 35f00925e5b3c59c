import {
  repairDownloads,
  RowtrailError,
  undoRepair,
  verifyDownloads,
  type VerifyOptions,
} from '../../index.ts';
import { trackerOptions } from '../columns.ts';
import { type CliCommand, type CommandContext, ExitCode } from '../command.ts';
import { CSV_ARGUMENT, csvPathOf } from '../csv-argument.ts';
import { openProgressLine } from '../progress-line.ts';
import { renderUndone, renderVerification } from '../render/verification.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';

export const verify: CliCommand = {
  name: 'verify',
  usesLedger: true,
  summary: 'Compare CSV, ledger, files and sidecars, and mend what needs no guessing',
  args: [CSV_ARGUMENT],
  examples: [
    'rowtrail verify people.csv',
    'rowtrail verify people.csv --hash',
    'rowtrail verify people.csv --repair',
    'rowtrail verify people.csv --repair --yes',
    'rowtrail verify people.csv --undo',
  ],
  options: (command) => {
    command
      .option('--hash', 'read every file (default: size and time, and what these leave open)')
      .option('--repair', 'say what can be mended without guessing; with --yes do it. No file is deleted')
      .option('--yes', 'with --repair: do it')
      .option('--dry-run', 'with --repair: only say it (this is the default)')
      .option('--undo', 'take the last repair back')
      .option('--output <dir>', 'a folder or s3://bucket/prefix: the two below are in it')
      .option('--youtube-dir <dir>', 'folder of YouTube files (default youtube_downloads)')
      .option('--drive-dir <dir>', 'folder of Drive files (default drive_downloads)');
  },
  heedsSignal: true,
  run: async (context, args, options) => {
    const is = (name: string) => options[name] === true;
    for (const flag of ['yes', 'dryRun'] as const)
      if (is(flag) && !is('repair'))
        throw new RowtrailError('usage', `--${flag === 'yes' ? 'yes' : 'dry-run'} belongs to --repair`);
    if (is('yes') && is('dryRun')) throw new RowtrailError('usage', 'give --yes or --dry-run, not both');
    if (is('undo') && (is('repair') || is('hash')))
      throw new RowtrailError('usage', 'give --undo alone: it takes the last repair back');
    const { terminal } = context;
    const csvPath = await csvPathOf(context, args[0]);
    const progress = openProgressLine(terminal, 'reading');
    const given: VerifyOptions = {
      ...trackerOptions(context),
      ...foldersIn(context),
      hash: is('hash'),
      signal: context.signal,
      onProgress: progress.show,
    };
    if (is('undo')) {
      const undone = await undoRepair(csvPath, given);
      print(terminal, is('json') ? jsonText({ undone }) : renderUndone(undone, context.cwd, terminal));
      return undone === null ? ExitCode.FOUND : ExitCode.DONE;
    }
    try {
      const report = is('repair')
        ? await repairDownloads(csvPath, { ...given, apply: is('yes') })
        : { ...(await verifyDownloads(csvPath, given)), applied: false, steps: null };
      progress.close();
      print(
        terminal,
        is('json') ? jsonText(report) : renderVerification(report, csvPath, context.cwd, terminal),
      );
      const left = report.findings.filter(({ repair }) => !report.applied || repair === null);
      const failed = (report.steps ?? []).filter(({ problem }) => problem !== null);
      return left.length + failed.length > 0 ? ExitCode.FOUND : ExitCode.DONE;
    } finally {
      progress.close();
    }
  },
};

/** The download folders of the settings. */
export function foldersIn({ settings }: Pick<CommandContext, 'settings'>) {
  return { youtubeDir: settings.youtube_dir, driveDir: settings.drive_dir };
}
