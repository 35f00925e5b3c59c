import { getDownloadStatusSummary, getPausedHosts, getStoreActivity } from '../../index.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { trackerOptions } from '../columns.ts';
import { CSV_ARGUMENT, csvPathOf } from '../csv-argument.ts';
import { renderStatus, statusJson } from '../render/status.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';

export const status: CliCommand = {
  name: 'status',
  usesLedger: true,
  summary: 'Show where the downloads of a CSV stand',
  args: [CSV_ARGUMENT],
  examples: ['rowtrail status people.csv', 'rowtrail status people.csv --json'],
  run: async (context, args, options) => {
    const csvPath = await csvPathOf(context, args[0]);
    const summary = await getDownloadStatusSummary(csvPath, trackerOptions(context));
    const pausedHosts = await getPausedHosts(csvPath, trackerOptions(context));
    const activity = await getStoreActivity(csvPath, trackerOptions(context));
    print(
      context.terminal,
      options['json'] === true
        ? jsonText(statusJson(summary, pausedHosts, activity))
        : renderStatus(summary, pausedHosts, activity, csvPath, context.terminal),
    );
    return ExitCode.DONE;
  },
};
