import { isSheetAddress, RowtrailError, runWorkflow } from '../../index.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { CSV_ARGUMENT, csvOrSheetOf } from '../csv-argument.ts';
import { openRunDisplay } from '../display/run-display.ts';
import { chosenTargets } from '../monitor.ts';
import { renderRun } from '../render/run.ts';
import {
  addFetchOptions,
  addPlanOptions,
  addSharingOptions,
  retryAttemptsOf,
  workflowOptionsOf,
} from '../run-options.ts';
import { localCopyOf } from '../sheet-copy.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';
import { plan } from './plan.ts';

export const run: CliCommand = {
  name: 'run',
  usesLedger: true,
  summary: 'Fetch what is pending and write the status back into the CSV',
  args: [CSV_ARGUMENT],
  examples: [
    'rowtrail run people.csv',
    'rowtrail run people.csv --max-youtube 20 --resolution 720',
    'rowtrail run people.csv --transcript-only --skip-drive',
    'rowtrail run people.csv --dry-run',
    'rowtrail run https://docs.google.com/spreadsheets/d/ID/edit#gid=0',
    'rowtrail run people.csv --refresh',
    'rowtrail run people.csv --reset --skip-youtube',
    'rowtrail run people.csv --store postgres://me@db/rowtrail --no-download',
  ],
  options: (command) => {
    addPlanOptions(command);
    addFetchOptions(command);
    addSharingOptions(command);
    command
      .option('--dry-run', 'say what would be done, and do nothing')
      .option(
        '--refresh',
        'take up what was added to playlists and folders of completed rows; nothing is fetched twice',
      )
      .option('--reset', 'first make everything pending again that this run is about, also what is completed')
      .option('--quiet', 'say nothing where all is well: no progress, and at the end only what was not done');
  },
  heedsSignal: true,
  run: async (context, args, options) => {
    const isReset = options['reset'] === true;
    if (options['dryRun'] === true && isReset)
      throw new RowtrailError('usage', '--dry-run changes nothing, --reset does: give one of them');
    if (options['dryRun'] === true) return plan.run(context, args, options);
    if (options['download'] === false && context.settings.store === undefined)
      throw new RowtrailError('usage', '--no-download leaves the fetching to workers, which need a --store');
    if (options['lease'] !== undefined && context.settings.store === undefined)
      throw new RowtrailError(
        'usage',
        '--lease is for a ledger that several machines share: give a --store, too',
      );
    const { terminal, settings, signal } = context;
    const given = await csvOrSheetOf(context, args[0]);
    const csvPath = isSheetAddress(given) ? await localCopyOf(given, context) : given;
    const alertTargets = await chosenTargets(settings);
    const isQuiet = options['quiet'] === true;
    const isJson = options['json'] === true;
    const display = await openRunDisplay(terminal, { quiet: isQuiet, json: isJson });
    let summary;
    try {
      summary = await runWorkflow(csvPath, {
        ...workflowOptionsOf(settings),
        reset: isReset,
        refresh: options['refresh'] === true,
        download: options['download'] !== false,
        alerts: settings.alerts,
        alertTargets,
        signal,
        onEvent: display.show,
      });
    } finally {
      display.close();
    }
    if (isJson) print(terminal, jsonText(summary));
    else if (!isQuiet || summary.interrupted || !summary.complete)
      print(terminal, renderRun(summary, csvPath, retryAttemptsOf(settings), terminal));
    if (summary.interrupted) return ExitCode.INTERRUPTED;
    return summary.complete ? ExitCode.DONE : ExitCode.INCOMPLETE;
  },
};
