import { isSheetAddress, RowtrailError, runWorkflow } from '../../index.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { CSV_ARGUMENT, csvOrSheetOf } from '../csv-argument.ts';
import { chosenTargets } from '../monitor.ts';
import { eventLines, openRunDisplay } from '../run-display.ts';
import { renderRun } from '../render/run.ts';
import { addFetchOptions, addPlanOptions, workflowOptionsOf } from '../run-options.ts';
import { localCopyOf } from '../sheet-copy.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';
import { plan } from './plan.ts';

export const run: CliCommand = {
  name: 'run',
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
  ],
  options: (command) => {
    addPlanOptions(command);
    addFetchOptions(command);
    command
      .option('--dry-run', 'say what would be done, and do nothing')
      .option(
        '--refresh',
        'take up what was added to playlists and folders of completed rows; nothing is fetched twice',
      )
      .option('--events', 'tell each event as a line of JSON on stderr, with speed and time left')
      .option(
        '--reset',
        'first make everything pending again that this run is about, also what is completed',
      );
  },
  heedsSignal: true,
  run: async (context, args, options) => {
    const isReset = options['reset'] === true;
    if (options['dryRun'] === true && isReset)
      throw new RowtrailError('usage', '--dry-run changes nothing, --reset does: give one of them');
    if (options['dryRun'] === true) return plan.run(context, args, options);
    const { terminal, settings, signal } = context;
    const given = await csvOrSheetOf(context, args[0]);
    const csvPath = isSheetAddress(given) ? await localCopyOf(given, context) : given;
    const alertTargets = await chosenTargets(settings);
    const display = options['events'] === true ? eventLines(terminal) : openRunDisplay(terminal);
    let summary;
    try {
      summary = await runWorkflow(csvPath, {
        ...workflowOptionsOf(settings),
        reset: isReset,
        refresh: options['refresh'] === true,
        alerts: settings.alerts,
        alertTargets,
        signal,
        onEvent: display.show,
      });
    } finally {
      display.close();
    }
    print(terminal, options['json'] === true ? jsonText(summary) : renderRun(summary, csvPath, terminal));
    if (summary.interrupted) return ExitCode.INTERRUPTED;
    return summary.complete ? ExitCode.DONE : ExitCode.INCOMPLETE;
  },
};
