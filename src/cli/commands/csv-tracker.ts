import {
  ensureTrackingColumns,
  getDownloadStatusSummary,
  getPausedHosts,
  getStoreActivity,
  iteratePending,
  listFailures,
  resetDownloadStatus,
  RowtrailError,
} from '../../index.ts';
import { choice } from '../choice.ts';
import { type CliCommand, type CommandContext, type CommandOptions, ExitCode } from '../command.ts';
import { trackerOptions } from '../columns.ts';
import { csvPathOption } from '../csv-argument.ts';
import { type Answer, answerAll, type Question } from '../front-door.ts';
import { renderFailed } from '../render/failures.ts';
import { retryAttemptsOf } from '../run-options.ts';
import { renderReset } from '../render/reset.ts';
import { renderRows } from '../render/rows.ts';
import { renderStatus, statusJson } from '../render/status.ts';
import { wrapText } from '../render/wrap.ts';
import { safe } from '../terminal.ts';
import { typeOf, TYPES } from '../type-option.ts';
import { warnOfUnknown } from '../warn.ts';

export const csvTracker: CliCommand = {
  name: 'csv-tracker',
  summary: 'The tracking of a CSV by flags: columns, status, pending, failed, reset',
  examples: [
    'rowtrail csv-tracker --enhance-schema --csv-path people.csv',
    'rowtrail csv-tracker --status --pending youtube --csv-path people.csv',
    'rowtrail csv-tracker --reset-status 007 --reset-type drive --csv-path people.csv',
  ],
  options: (command) => {
    command
      .option('--enhance-schema', 'add the tracking columns that are missing')
      .option('--status', 'show where the downloads stand')
      .addOption(
        choice(
          '--pending [type]',
          'list what needs a download: youtube, drive or both (default)',
          TYPES,
        ).preset('both'),
      )
      .addOption(
        choice('--failed [type]', 'list what failed: youtube, drive or both (default)', TYPES).preset('both'),
      )
      .option('--reset-status <row_id>', 'make the downloads of this row pending again')
      .addOption(
        choice('--reset-type <type>', 'what --reset-status resets: youtube, drive or both (default)', TYPES),
      )
      .option('--csv-path <file>', 'the CSV (default output.csv)');
  },
  run: (context, _args, options) => {
    const csvPath = csvPathOption(context, options);
    if (options['resetType'] !== undefined && options['resetStatus'] === undefined)
      throw new RowtrailError('usage', '--reset-type belongs to --reset-status ROW_ID');
    return answerAll(context, options, questionsOn(csvPath, context, options));
  },
};

/** What changes something comes first, so that what is shown is how things are afterwards. */
function questionsOn(csvPath: string, context: CommandContext, options: CommandOptions): readonly Question[] {
  const tracking = trackerOptions(context);
  const { terminal } = context;
  return [
    { flag: 'enhanceSchema', answer: () => enhance(csvPath, context) },
    {
      flag: 'resetStatus',
      answer: (rowId) => resetRow(String(rowId), csvPath, context, options['resetType']),
    },
    {
      flag: 'status',
      answer: async () => {
        const summary = await getDownloadStatusSummary(csvPath, tracking);
        const paused = await getPausedHosts(csvPath, tracking);
        const activity = await getStoreActivity(csvPath, tracking);
        return {
          json: statusJson(summary, paused, activity),
          text: renderStatus(summary, paused, activity, csvPath, terminal),
        };
      },
    },
    {
      flag: 'pending',
      answer: (type) => {
        const rows = iteratePending(csvPath, { ...tracking, downloadType: typeOf(type) });
        return { json: rows, text: renderRows(rows, 'Nothing is pending.', terminal) };
      },
    },
    {
      flag: 'failed',
      answer: async (type) => {
        const failures = await listFailures(csvPath, { ...tracking, downloadType: typeOf(type) });
        const retryAttempts = retryAttemptsOf(context.settings);
        return { json: failures, text: renderFailed(failures, csvPath, retryAttempts, terminal) };
      },
    },
  ];
}

async function enhance(csvPath: string, context: CommandContext): Promise<Answer> {
  const added = await ensureTrackingColumns(csvPath, trackerOptions(context));
  const { terminal } = context;
  const text = added
    ? `The tracking columns were added to ${safe(csvPath)}.`
    : `${safe(csvPath)} has the tracking columns already.`;
  return { json: { added }, text: wrapText(text, { width: terminal.width.out }) };
}

async function resetRow(
  rowId: string,
  csvPath: string,
  context: CommandContext,
  type: unknown,
): Promise<Answer> {
  const isKnown = await resetDownloadStatus(rowId, typeOf(type), csvPath, trackerOptions(context));
  const done = isKnown ? [rowId] : [];
  const unknown = isKnown ? [] : [rowId];
  warnOfUnknown(unknown, csvPath, context.terminal);
  return {
    json: { reset: done, unknown },
    text: renderReset(done),
    code: isKnown ? ExitCode.DONE : ExitCode.FOUND,
  };
}
