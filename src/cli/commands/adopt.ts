import { adoptDownloads, LEFT_ALONE, RowtrailError } from '../../index.ts';
import { trackerOptions } from '../columns.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { csvPathOf } from '../csv-argument.ts';
import { openProgressLine } from '../progress-line.ts';
import { renderAdoption } from '../render/adoption.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';
import { foldersIn } from './verify.ts';

export const adopt: CliCommand = {
  name: 'adopt',
  usesLedger: true,
  summary: 'Take over what an earlier tool or plain yt-dlp left in a folder',
  args: [['<dir...>', 'the folder; the CSV may stand before it']],
  examples: [
    'rowtrail adopt people.csv old_downloads --dry-run',
    'rowtrail adopt people.csv old_downloads',
    'rowtrail adopt people.csv old_downloads --move',
  ],
  options: (command) => {
    command
      .option('--csv-path <file>', 'the CSV whose rows the files are for')
      .option('--dry-run', 'say what would be done, and do nothing')
      .option('--move', 'remove each file from the folder once its rows have it')
      .option('--format <name>', 'mp4 (default), mkv, webm; m4a or mp3 for the sound alone')
      .option('--sub-langs <list>', 'languages of transcripts, the preferred first (default en,en-orig)')
      .option('--transcript-format <name>', 'vtt (default), srt or txt')
      .option('--output <dir>', 'a folder or s3://bucket/prefix: the two below are in it')
      .option('--youtube-dir <dir>', 'folder for YouTube files (default youtube_downloads)')
      .option('--drive-dir <dir>', 'folder for Drive files (default drive_downloads)')
      .option(
        '--sidecar-identity <what>',
        'what sidecars hold of names and e-mails: full (default), hashed or none',
      )
      .option('--no-share', 'make copies that share nothing with the folder on the disk');
  },
  heedsSignal: true,
  run: async (context, [words], options) => {
    const { terminal, settings, cwd, signal, env } = context;
    const isDry = options['dryRun'] === true;
    if (isDry && options['move'] === true)
      throw new RowtrailError('usage', '--dry-run changes nothing, --move does: give one of them');
    const { csv, folder } = csvAndFolder(words, options['csvPath']);
    const csvPath = await csvPathOf(context, csv);
    const progress = openProgressLine(terminal, 'reading');
    try {
      const adoption = await adoptDownloads(folder, csvPath, {
        ...trackerOptions(context),
        ...foldersIn(context),
        dryRun: isDry,
        move: options['move'] === true,
        share: settings.share,
        sidecarIdentity: settings.sidecar_identity,
        format: settings.format,
        resolution: settings.resolution,
        subLangs: settings.sub_langs,
        transcriptFormat: settings.transcript_format,
        onProgress: progress.show,
        signal,
        env,
      });
      progress.close();
      const text =
        options['json'] === true ? jsonText(adoption) : renderAdoption(adoption, csvPath, cwd, terminal);
      print(terminal, text);
      const { downloads, here, left } = adoption;
      const concerns = left.some(({ reason }) => LEFT_ALONE[reason].concerns);
      return concerns || downloads.length + here === 0 ? ExitCode.FOUND : ExitCode.DONE;
    } finally {
      progress.close();
    }
  },
};

/** One word is the folder, two are the CSV and the folder. */
function csvAndFolder(words: string | readonly string[] | undefined, csvPath: unknown) {
  const given = typeof words === 'object' ? words : [];
  const folder = given.at(-1);
  const named = typeof csvPath === 'string' ? csvPath : undefined;
  if (folder === undefined || given.length > 2 || (named !== undefined && given.length > 1))
    throw new RowtrailError('usage', 'name the CSV and one folder');
  return { folder, csv: named ?? (given.length === 2 ? given[0] : undefined) };
}
