import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type RowStory, RowtrailError, whyRow } from '../../index.ts';
import { trackerOptions } from '../columns.ts';
import { type CliCommand, type CommandContext, ExitCode } from '../command.ts';
import { csvPathOf, looksLikeCsv } from '../csv-argument.ts';
import { renderNoRow, renderStory } from '../render/story.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';
import { foldersIn } from './verify.ts';

export const why: CliCommand = {
  name: 'why',
  usesLedger: true,
  summary: 'Say what happened to a row, and what to do next',
  args: [['<row_id...>', 'the row, by row_id; the CSV may stand before it']],
  examples: ['rowtrail why 007', 'rowtrail why people.csv 007', 'rowtrail why 007 --json'],
  options: (command) => {
    command.option('--csv-path <file>', 'the row of this CSV (default: all CSVs that were worked on here)');
  },
  run: async (context, [words], options) => {
    const { settings, cwd, terminal } = context;
    const given = typeof words === 'object' ? words : [];
    const [first, ...others] = given;
    const csvFirst = options['csvPath'] === undefined && others.length > 0 && (await looksLikeCsv(first));
    const [rowId, tooMany] = csvFirst ? others : given;
    if (rowId === undefined || tooMany !== undefined)
      throw new RowtrailError('usage', 'name one row, by its row_id');
    const named = csvFirst
      ? first
      : typeof options['csvPath'] === 'string'
        ? options['csvPath']
        : settings.csv;
    const ask = (csvPath: string | undefined) =>
      whyRow(rowId, {
        ...trackerOptions(context),
        ...foldersIn(context),
        cwd,
        csvPath,
        retryAttempts: settings.retry_attempts,
      });
    const story = (await ask(named)) ?? (named === undefined ? await ofUntouchedCsv(context, ask) : null);
    if (options['json'] === true) print(terminal, jsonText(story ?? { rowId, downloads: null }));
    else print(terminal, story === null ? renderNoRow(rowId, terminal) : renderStory(story, cwd, terminal));
    return story === null ? ExitCode.FOUND : ExitCode.DONE;
  },
};

/**
 * A CSV that nobody has worked on has no ledger to be found by.
 * @throws RowtrailError `usage` where there is no CSV at all
 */
async function ofUntouchedCsv(
  context: CommandContext,
  ask: (csvPath: string) => Promise<RowStory | null>,
): Promise<RowStory | null> {
  const ledgers = await readdir(join(context.cwd, '.rowtrail')).catch(() => []);
  const csvPath = await csvPathOf(context, undefined).catch((error: unknown) => {
    if (ledgers.length === 0) throw error;
    return null;
  });
  return csvPath === null ? null : ask(csvPath);
}
