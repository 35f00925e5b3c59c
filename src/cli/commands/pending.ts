import { iteratePending } from '../../index.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { trackerOptions } from '../columns.ts';
import { CSV_ARGUMENT, csvPathOf } from '../csv-argument.ts';
import { renderRows } from '../render/rows.ts';
import { jsonParts } from '../snake-case.ts';
import { printParts } from '../terminal.ts';
import { addTypeOption, typeOption } from '../type-option.ts';

export const pending: CliCommand = {
  name: 'pending',
  usesLedger: true,
  summary: 'List the rows that need a download',
  args: [CSV_ARGUMENT],
  examples: ['rowtrail pending people.csv', 'rowtrail pending people.csv --type drive --json'],
  options: (command) => {
    addTypeOption(command);
    command
      .option('--retry-attempts <n>', 'a failed download counts while it had fewer attempts (default 3)')
      .option('--no-include-failed', 'leave out what failed earlier');
  },
  run: async (context, args, options) => {
    const { settings, terminal } = context;
    const rows = iteratePending(await csvPathOf(context, args[0]), {
      ...trackerOptions(context),
      downloadType: typeOption(options),
      ...(settings.include_failed === undefined ? {} : { includeFailed: settings.include_failed }),
      ...(settings.retry_attempts === undefined ? {} : { retryAttempts: settings.retry_attempts }),
    });
    const isJson = options['json'] === true;
    await printParts(terminal, isJson ? jsonParts(rows) : renderRows(rows, 'Nothing is pending.', terminal));
    return ExitCode.DONE;
  },
};
