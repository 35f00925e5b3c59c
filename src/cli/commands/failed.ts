import { listFailures } from '../../index.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { trackerOptions } from '../columns.ts';
import { CSV_ARGUMENT, csvPathOf } from '../csv-argument.ts';
import { renderFailed } from '../render/failures.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';
import { addTypeOption, typeOption } from '../type-option.ts';

export const failed: CliCommand = {
  name: 'failed',
  summary: 'List the rows whose download failed, why, and what to do next',
  args: [CSV_ARGUMENT],
  examples: ['rowtrail failed people.csv', 'rowtrail failed people.csv --type youtube --json'],
  options: addTypeOption,
  run: async (context, args, options) => {
    const csvPath = await csvPathOf(context, args[0]);
    const failures = await listFailures(csvPath, {
      ...trackerOptions(context),
      downloadType: typeOption(options),
    });
    const { terminal } = context;
    print(
      terminal,
      options['json'] === true ? jsonText(failures) : renderFailed(failures, csvPath, terminal),
    );
    return ExitCode.DONE;
  },
};
