import { type CliCommand, ExitCode } from '../command.ts';
import { CSV_ARGUMENT, csvPathOf } from '../csv-argument.ts';
import { addFolderOptions, alertTargets, openMonitor } from '../monitor.ts';
import { alertsForJson, renderAlerts, renderDeliveries } from '../render/alerts.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';

export const alerts: CliCommand = {
  name: 'alerts',
  usesLedger: true,
  summary: 'Check the alert conditions; ends with 4 when one holds',
  args: [CSV_ARGUMENT],
  examples: ['rowtrail alerts people.csv', 'rowtrail alerts people.csv --deliver --json'],
  options: (command) => {
    addFolderOptions(command);
    command.option(
      '--deliver',
      'tell alert_webhook and alert_command of the configuration what began or ended since the last time',
    );
  },
  run: async (context, args, options) => {
    const { terminal, settings, signal } = context;
    const csvPath = await csvPathOf(context, args[0]);
    const targets = options['deliver'] === true ? await alertTargets(settings) : null;
    const monitor = openMonitor(context, csvPath);
    const found = await monitor.checkAlerts(await monitor.collectMetrics());
    const deliveries = targets === null ? null : await monitor.deliverAlerts(found, targets, { signal });
    print(
      terminal,
      options['json'] === true
        ? jsonText({ alerts: alertsForJson(found), ...(deliveries === null ? {} : { deliveries }) })
        : [
            renderAlerts(found, terminal),
            ...(deliveries === null ? [] : [renderDeliveries(deliveries, terminal)]),
          ].join('\n\n'),
    );
    if (deliveries?.some(({ ok }) => !ok)) return ExitCode.ERROR;
    return found.length > 0 ? ExitCode.FOUND : ExitCode.DONE;
  },
};
