import type { DownloadMonitor, SystemMetrics } from '../../index.ts';
import { type CliCommand, type CommandContext, ExitCode } from '../command.ts';
import { csvPathOption } from '../csv-argument.ts';
import { answerAll, type Question } from '../front-door.ts';
import { openMonitor } from '../monitor.ts';
import { alertsForJson, renderAlerts } from '../render/alerts.ts';
import { renderMetrics, renderSystemStatus } from '../render/metrics.ts';
import { renderReport } from '../render/report.ts';

export const monitoring: CliCommand = {
  name: 'monitoring',
  summary: 'Watch over a CSV by flags: status, metrics, alerts, report',
  examples: [
    'rowtrail monitoring --status --csv-path people.csv',
    'rowtrail monitoring --report --detailed --json --csv-path people.csv',
  ],
  options: (command) => {
    command
      .option('--status', 'show how things stand now, at a glance')
      .option('--report', 'generate the full report')
      .option('--metrics', 'show the current metrics')
      .option('--alerts', 'check the alert conditions; ends with 4 when one holds')
      .option('--detailed', 'with the others: downloads by type, each failed download')
      .option('--csv-path <file>', 'the CSV (default output.csv)');
  },
  run: (context, _args, options) => {
    const csvPath = csvPathOption(context, options);
    const isDetailed = options['detailed'] === true;
    const questions = questionsOn(openMonitor(context, csvPath), csvPath, isDetailed, context);
    return answerAll(context, options, questions, ['detailed']);
  },
};

function questionsOn(
  monitor: DownloadMonitor,
  csvPath: string,
  isDetailed: boolean,
  { terminal }: CommandContext,
): readonly Question[] {
  let measured: Promise<SystemMetrics> | null = null;
  const collect = () => (measured ??= monitor.collectMetrics());
  const detailed = async () => (isDetailed ? await monitor.getDownloadStats() : null);
  return [
    {
      flag: 'status',
      answer: async () => {
        const metrics = await collect();
        const alerts = await monitor.checkAlerts(metrics);
        const stats = await detailed();
        const names = alerts.map(({ name }) => name);
        return {
          json: { ...metrics, alerts: names, ...(stats === null ? {} : { downloadStats: stats }) },
          text:
            stats === null
              ? renderSystemStatus(metrics, alerts, csvPath, terminal)
              : `${renderSystemStatus(metrics, alerts, csvPath, terminal)}\n\n${renderMetrics(metrics, stats, csvPath, terminal)}`,
        };
      },
    },
    {
      flag: 'metrics',
      answer: async () => {
        const metrics = await collect();
        const stats = await detailed();
        return {
          json: { ...metrics, ...(stats === null ? {} : { downloadStats: stats }) },
          text: renderMetrics(metrics, stats, csvPath, terminal),
        };
      },
    },
    {
      flag: 'alerts',
      answer: async () => {
        const alerts = await monitor.checkAlerts(await collect());
        return {
          json: { alerts: alertsForJson(alerts) },
          text: renderAlerts(alerts, terminal),
          code: alerts.length > 0 ? ExitCode.FOUND : ExitCode.DONE,
        };
      },
    },
    {
      flag: 'report',
      answer: async () => {
        const report = await monitor.generateReport({ includeDetails: isDetailed });
        return {
          json: { ...report, alerts: alertsForJson(report.alerts) },
          text: renderReport(report, terminal),
        };
      },
    },
  ];
}
