import { CAUSES, ErrorCategory, listFailures, resetDownloads } from '../../index.ts';
import { choice } from '../choice.ts';
import { chooseFailures } from '../choose-failures.ts';
import { type CliCommand, type CommandOptions, ExitCode } from '../command.ts';
import { trackerOptions } from '../columns.ts';
import { csvAndRowIds, ROW_IDS_ARGUMENT } from '../csv-argument.ts';
import { renderRetry } from '../render/retry.ts';
import { parseSince } from '../since.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';
import { addTypeOption, typeOption } from '../type-option.ts';
import { warn } from '../warn.ts';

/** Shown in help; the full list is in docs/errors.md. */
const CAUSE_NAMES = Object.keys(CAUSES);

export const retry: CliCommand = {
  name: 'retry',
  usesLedger: true,
  summary: 'Make failed downloads pending again: all of them, or those that you choose',
  args: [ROW_IDS_ARGUMENT],
  examples: [
    'rowtrail retry people.csv',
    'rowtrail retry people.csv 007 008',
    'rowtrail retry people.csv --category network --since 2h',
    'rowtrail retry people.csv --cause not_shared --type drive',
  ],
  options: (command) => {
    addTypeOption(command);
    command
      .addOption(choice('--category <name>', 'only failures of this category', Object.values(ErrorCategory)))
      .addOption(
        choice('--cause <name>', 'only failures with this cause, as `failed --json` names it', CAUSE_NAMES),
      )
      .option('--since <time>', 'only what was tried since then: 2h, 3d, or a date such as 2026-11-22')
      .option('--csv-path <file>', 'the CSV, where it does not stand first');
  },
  run: async (context, args, options) => {
    const since = options['since'];
    const from = typeof since === 'string' ? parseSince(since, new Date()) : undefined;
    const { csvPath, rowIds } = await csvAndRowIds(context, args[0], options);
    const tracking = trackerOptions(context);
    const failures = await listFailures(csvPath, tracking);
    const chosen = chooseFailures(failures, {
      rowIds,
      type: typeOption(options),
      category: textOf(options, 'category'),
      cause: textOf(options, 'cause'),
      since: from,
    });
    for (const downloadType of ['youtube', 'drive'] as const) {
      const ofType = chosen.filter((failure) => failure.downloadType === downloadType);
      if (ofType.length === 0) continue;
      await resetDownloads(
        ofType.map(({ rowId }) => rowId),
        csvPath,
        { ...tracking, downloadType },
      );
    }
    const hit = new Set(chosen.map(({ rowId }) => rowId));
    const missed = rowIds.filter((rowId) => !hit.has(rowId));
    const { terminal } = context;
    for (const rowId of missed) warn(`no failed download of row ${rowId} fits`, terminal);
    const result = {
      reset: chosen.map(({ rowId, downloadType, cause }) => ({ rowId, downloadType, cause })),
      missed,
    };
    print(
      terminal,
      options['json'] === true
        ? jsonText(result)
        : renderRetry(result.reset, failures.length, csvPath, terminal),
    );
    return chosen.length === 0 || missed.length > 0 ? ExitCode.FOUND : ExitCode.DONE;
  },
};

function textOf(options: CommandOptions, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}
