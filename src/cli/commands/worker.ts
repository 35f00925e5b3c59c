import { runWorker } from '../../index.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { openWorkerDisplay } from '../display/worker-display.ts';
import { renderWorker } from '../render/worker.ts';
import { addWorkerOptions, workerOptionsOf } from '../run-options.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';
import { version } from '../version.ts';

export const worker: CliCommand = {
  name: 'worker',
  usesLedger: true,
  summary: 'Fetch what runs on other machines have put into a store',
  examples: [
    'rowtrail worker --store postgres://me@db/rowtrail --output /data',
    'rowtrail worker --store postgres://me@db/rowtrail --output /data --until-empty',
    'rowtrail worker --store postgres://me@db/rowtrail --proxy http://proxy:3128 --skip-drive',
  ],
  options: (command) => {
    addWorkerOptions(command);
    command
      .option('--until-empty', 'end once nothing is left to do for any CSV')
      .option('--quiet', 'say nothing but notes while it works');
  },
  heedsSignal: true,
  tellsStop: true,
  run: async ({ terminal, settings, signal }, _args, options) => {
    const given = workerOptionsOf(settings);
    const isJson = options['json'] === true;
    const show = openWorkerDisplay(terminal, { quiet: options['quiet'] === true, json: isJson });
    const stopping = () => show({ kind: 'note', message: STOPPING });
    signal.addEventListener('abort', stopping, { once: true });
    const summary = await runWorker({
      ...given,
      version,
      untilEmpty: options['untilEmpty'] === true,
      signal,
      onEvent: show,
    });
    print(terminal, isJson ? jsonText(summary) : renderWorker(summary));
    // To be stopped is how a worker ends.
    return ExitCode.DONE;
  },
};

const STOPPING =
  'stopping: nothing new begins, transfers get their time to end, the rest is given back. Once more ends at once';
