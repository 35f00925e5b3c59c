import { type FailedDownload, failuresCsv, listFailures, RowtrailError } from '../../index.ts';
import { choice } from '../choice.ts';
import { type CliCommand, type CommandContext, type CommandOptions, ExitCode } from '../command.ts';
import { trackerOptions } from '../columns.ts';
import { CSV_ARGUMENT, csvPathOf } from '../csv-argument.ts';
import { writeOutput } from '../output-file.ts';
import { groupByRemedy } from '../remedy-groups.ts';
import { renderFailed } from '../render/failures.ts';
import { retryAttemptsOf } from '../run-options.ts';
import { renderRemedies } from '../render/remedies.ts';
import { counted } from '../render/words.ts';
import { wrapText } from '../render/wrap.ts';
import { jsonText } from '../snake-case.ts';
import { print, safe } from '../terminal.ts';
import { addTypeOption, typeOption } from '../type-option.ts';

export const failed: CliCommand = {
  name: 'failed',
  usesLedger: true,
  summary: 'List the rows whose download failed, why, and what to do next',
  args: [CSV_ARGUMENT],
  examples: [
    'rowtrail failed people.csv',
    'rowtrail failed people.csv --by remedy',
    'rowtrail failed people.csv --export failed.csv',
    'rowtrail failed people.csv --type youtube --json',
  ],
  options: (command) => {
    addTypeOption(command);
    command
      .addOption(
        choice('--by <group>', 'group them by what mends them, with what to send and type', ['remedy']),
      )
      .option(
        '--export <file>',
        "write them as a CSV for Excel: who, link, cause, and a sentence to send; a cell that begins with = + - @ gets a ' in front, so that it is no formula",
      )
      .option('--force', 'with --export: replace a file that is there');
  },
  run: async (context, args, options) => {
    if (options['force'] === true && options['export'] === undefined)
      throw new RowtrailError('usage', '--force belongs to --export');
    if (options['by'] !== undefined && options['export'] !== undefined)
      throw new RowtrailError('usage', 'give --by or --export, not both');
    const csvPath = await csvPathOf(context, args[0]);
    const failures = await listFailures(csvPath, {
      ...trackerOptions(context),
      downloadType: typeOption(options),
      includeWaiting: options['by'] !== undefined,
    });
    print(context.terminal, await answer(failures, csvPath, context, options));
    return ExitCode.DONE;
  },
};

async function answer(
  failures: readonly FailedDownload[],
  csvPath: string,
  context: CommandContext,
  options: CommandOptions,
): Promise<string> {
  const { terminal, settings } = context;
  const isJson = options['json'] === true;
  const file = options['export'];
  if (typeof file === 'string') {
    await writeOutput(file, failuresCsv(failures), { csvPath, force: options['force'] === true });
    if (isJson) return jsonText({ file, rows: failures.length });
    const written = `${counted(failures.length, 'failed download')} written to ${safe(file)}.`;
    return wrapText(written, { width: terminal.width.out });
  }
  if (options['by'] === undefined)
    return isJson ? jsonText(failures) : renderFailed(failures, csvPath, retryAttemptsOf(settings), terminal);
  const groups = groupByRemedy(failures);
  return isJson ? jsonText(groups) : renderRemedies(groups, csvPath, terminal);
}
