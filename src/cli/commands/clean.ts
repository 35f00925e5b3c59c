import { cleanLeftovers, RowtrailError } from '../../index.ts';
import { trackerOptions } from '../columns.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { CSV_ARGUMENT, csvPathOf } from '../csv-argument.ts';
import { renderCleaning } from '../render/cleaning.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';
import { foldersIn } from './verify.ts';

export const clean: CliCommand = {
  name: 'clean',
  usesLedger: true,
  summary: 'Clear away unfinished downloads, old backups, logs and samples',
  args: [CSV_ARGUMENT],
  examples: [
    'rowtrail clean people.csv',
    'rowtrail clean people.csv --yes',
    'rowtrail clean people.csv --keep-backups 1 --yes',
    'rowtrail clean people.csv --older-than 7d --yes',
  ],
  options: (command) => {
    command
      .option('--yes', 'do it (default: only say what would go)')
      .option('--dry-run', 'only say it (this is the default)')
      .option('--keep-backups <n>', 'the newest backups stay, so many (default 3)')
      .option('--older-than <time>', 'only what is older, e.g. 30d (default: staging any, the rest 30d)')
      .option('--youtube-dir <dir>', 'folder of YouTube files (default youtube_downloads)')
      .option('--drive-dir <dir>', 'folder of Drive files (default drive_downloads)');
  },
  run: async (context, args, options) => {
    const { terminal, cwd } = context;
    const apply = options['yes'] === true;
    if (apply && options['dryRun'] === true)
      throw new RowtrailError('usage', 'give --yes or --dry-run, not both');
    const wishes = {
      keepBackups: countOf(options['keepBackups']),
      olderThanMs: ageOf(options['olderThan']),
    };
    const csvPath = await csvPathOf(context, args[0]);
    const cleaning = await cleanLeftovers(csvPath, {
      ...trackerOptions(context),
      ...foldersIn(context),
      ...wishes,
      apply,
    });
    print(
      terminal,
      options['json'] === true
        ? jsonText(cleaning)
        : renderCleaning(cleaning, csvPath, wishes, cwd, terminal),
    );
    return cleaning.problems.length > 0 ? ExitCode.FOUND : ExitCode.DONE;
  },
};

function countOf(given: unknown): number | undefined {
  if (given === undefined) return undefined;
  if (typeof given === 'string' && /^\d{1,6}$/.test(given)) return Number(given);
  throw new RowtrailError('usage', `--keep-backups ${JSON.stringify(given)}: expected a number such as 3`);
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** Milliseconds. */
function ageOf(given: unknown): number | undefined {
  if (given === undefined) return undefined;
  const [, count, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(String(given)) ?? [];
  const milliseconds = UNITS[unit];
  if (count === undefined || milliseconds === undefined)
    throw new RowtrailError(
      'usage',
      `--older-than ${JSON.stringify(given)}: expected a time such as 12h or 30d`,
    );
  return Number(count) * milliseconds;
}
