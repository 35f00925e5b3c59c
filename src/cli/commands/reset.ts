import { resetDownloads, RowtrailError } from '../../index.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { trackerOptions } from '../columns.ts';
import { csvAndRowIds, ROW_IDS_ARGUMENT } from '../csv-argument.ts';
import { renderReset } from '../render/reset.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';
import { addTypeOption, typeOption } from '../type-option.ts';
import { warnOfUnknown } from '../warn.ts';

export const reset: CliCommand = {
  name: 'reset',
  usesLedger: true,
  summary: 'Make downloads pending again, as if they had never been tried',
  args: [ROW_IDS_ARGUMENT],
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
    const { csvPath, rowIds } = await csvAndRowIds(context, args[0], options);
    const chosen = [rowIds.length > 0, options['failed'] === true, options['all'] === true].filter(
      Boolean,
    ).length;
    if (chosen !== 1) throw new RowtrailError('usage', 'name the rows to reset, or give --failed, or --all');

    const downloadType = typeOption(options);
    const asked = rowIds.length > 0 ? rowIds : options['failed'] === true ? 'failed' : 'all';
    const done = await resetDownloads(asked, csvPath, { ...trackerOptions(context), downloadType });
    const unknown = rowIds.filter((rowId) => !done.includes(rowId));
    const { terminal } = context;
    warnOfUnknown(unknown, csvPath, terminal);
    print(terminal, options['json'] === true ? jsonText({ reset: done, unknown }) : renderReset(done, asked));
    return done.length === 0 || unknown.length > 0 ? ExitCode.FOUND : ExitCode.DONE;
  },
};
