import { RowtrailError } from '../../index.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { CSV_ARGUMENT, csvPathOf } from '../csv-argument.ts';
import { addFolderOptions, openMonitor } from '../monitor.ts';
import { renderMetrics } from '../render/metrics.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';

export const metrics: CliCommand = {
  name: 'metrics',
  usesLedger: true,
  summary: 'Show numbers: downloads, rates, disk, running processes; also for Prometheus',
  args: [CSV_ARGUMENT],
  examples: [
    'rowtrail metrics people.csv',
    'rowtrail metrics people.csv --json',
    'rowtrail metrics people.csv --prometheus',
  ],
  options: (command) => {
    addFolderOptions(command);
    command.option('--prometheus', "print them in Prometheus' text format");
  },
  run: async (context, args, options) => {
    const { terminal } = context;
    if (options['prometheus'] === true && options['json'] === true)
      throw new RowtrailError('usage', 'give --prometheus or --json, not both');
    const csvPath = await csvPathOf(context, args[0]);
    const monitor = openMonitor(context, csvPath);
    if (options['prometheus'] === true) {
      print(terminal, (await monitor.collectPrometheus()).trimEnd());
      return ExitCode.DONE;
    }
    const now = await monitor.collectMetrics();
    const downloadStats = await monitor.getDownloadStats();
    print(
      terminal,
      options['json'] === true
        ? jsonText({ ...now, downloadStats })
        : renderMetrics(now, downloadStats, csvPath, terminal),
    );
    return ExitCode.DONE;
  },
};
