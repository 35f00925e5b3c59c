import { planDownloads } from '../../index.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { CSV_ARGUMENT, csvPathOf } from '../csv-argument.ts';
import { renderPlan } from '../render/plan.ts';
import { addPlanOptions, workflowOptionsOf } from '../run-options.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';

export const plan: CliCommand = {
  name: 'plan',
  usesLedger: true,
  summary: 'Count honestly what a run would do, before anything is fetched',
  args: [CSV_ARGUMENT],
  examples: ['rowtrail plan people.csv', 'rowtrail plan people.csv --skip-drive --json'],
  options: addPlanOptions,
  run: async (context, args, options) => {
    const csvPath = await csvPathOf(context, args[0]);
    const planned = await planDownloads(csvPath, {
      ...workflowOptionsOf(context.settings),
      onEvent: (event) => {
        if (event.kind === 'note') context.onNote({ rowId: event.rowId ?? null, message: event.message });
      },
    });
    print(
      context.terminal,
      options['json'] === true ? jsonText(planned) : renderPlan(planned, csvPath, context.terminal),
    );
    return ExitCode.DONE;
  },
};
