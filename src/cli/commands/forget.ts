import { forgetRow, RowtrailError } from '../../index.ts';
import { trackerOptions } from '../columns.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { csvAndRowIds } from '../csv-argument.ts';
import { renderForgotten, renderUnknown } from '../render/forgotten.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';
import { foldersIn } from './verify.ts';

export const forget: CliCommand = {
  name: 'forget',
  usesLedger: true,
  summary: "Remove a person's files, sidecars and every trace, and prove that nothing is left",
  args: [['<row_id...>', 'the row, by row_id; the CSV may stand before it']],
  examples: ['rowtrail forget people.csv 007', 'rowtrail forget people.csv 007 --yes'],
  options: (command) => {
    command
      .option('--csv-path <file>', 'the row of this CSV')
      .option('--yes', 'do it (default: only say what would be removed)')
      .option('--dry-run', 'only say it (this is the default)')
      .option('--youtube-dir <dir>', 'folder of YouTube files (default youtube_downloads)')
      .option('--drive-dir <dir>', 'folder of Drive files (default drive_downloads)');
  },
  run: async (context, [words], options) => {
    const { terminal, cwd } = context;
    const apply = options['yes'] === true;
    if (apply && options['dryRun'] === true)
      throw new RowtrailError('usage', 'give --yes or --dry-run, not both');
    const {
      csvPath,
      rowIds: [rowId, another],
    } = await csvAndRowIds(context, words, options);
    if (rowId === undefined || another !== undefined)
      throw new RowtrailError('usage', 'name one row, by its row_id');
    const forgotten = await forgetRow(rowId, csvPath, {
      ...trackerOptions(context),
      ...foldersIn(context),
      apply,
    });
    const isJson = options['json'] === true;
    if (forgotten === null) {
      print(terminal, isJson ? jsonText({ rowId, forgotten: null }) : renderUnknown(rowId, terminal));
      return ExitCode.FOUND;
    }
    print(terminal, isJson ? jsonText(forgotten) : renderForgotten(forgotten, csvPath, cwd, terminal));
    return (forgotten.left ?? []).length > 0 ? ExitCode.FOUND : ExitCode.DONE;
  },
};
