import { resetDownloads, RowtrailError } from '../../index.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { trackerOptions } from '../columns.ts';
import { csvPathOf, isFile } from '../csv-argument.ts';
import { jsonText } from '../snake-case.ts';
import { print, safe, say } from '../terminal.ts';
import { addTypeOption, typeOption } from '../type-option.ts';

export const reset: CliCommand = {
  name: 'reset',
  summary: 'Make downloads pending again, as if they had never been tried',
  args: [['[row_ids...]', 'the rows, by row_id; the CSV may stand before them']],
  examples: [
    'rowtrail reset people.csv 007',
    'rowtrail reset people.csv 007 008 --type drive',
    'rowtrail reset people.csv --failed',
  ],
  options: (command) => {
    addTypeOption(command);
    command
      .option('--failed', 'every row with a failed download')
      .option('--all', 'every row')
      .option('--csv-path <file>', 'the CSV, where it does not stand first');
  },
  run: async (context, args, options) => {
    const words = Array.isArray(args[0]) ? (args[0] as readonly string[]) : [];
    const [first, ...others] = words;
    const typed = options['csvPath'];
    const firstIsCsv =
      typeof typed !== 'string' && first !== undefined && (/\.csv$/i.test(first) || (await isFile(first)));
    const csvPath =
      typeof typed === 'string' ? typed : await csvPathOf(context, firstIsCsv ? first : undefined);
    const rowIds = firstIsCsv ? others : words;
    const chosen = [rowIds.length > 0, options['failed'] === true, options['all'] === true].filter(
      Boolean,
    ).length;
    if (chosen !== 1) throw new RowtrailError('usage', 'name the rows to reset, or give --failed, or --all');

    const downloadType = typeOption(options);
    const asked = rowIds.length > 0 ? rowIds : options['failed'] === true ? 'failed' : 'all';
    const done = await resetDownloads(asked, csvPath, { ...trackerOptions(context), downloadType });
    const unknown = rowIds.filter((rowId) => !done.includes(rowId));
    const { terminal } = context;
    for (const rowId of unknown)
      say(terminal, `${terminal.err.yellow('warning:')} ${safe(csvPath)} has no row ${safe(rowId)}`);
    print(
      terminal,
      options['json'] === true
        ? jsonText({ reset: done, unknown })
        : `${done.length} ${done.length === 1 ? 'row is' : 'rows are'} pending again.`,
    );
    return unknown.length > 0 ? ExitCode.FOUND : ExitCode.DONE;
  },
};
