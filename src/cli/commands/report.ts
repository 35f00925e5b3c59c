import { renderReportHtml } from '../../index.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { CSV_ARGUMENT, csvPathOf } from '../csv-argument.ts';
import { addFolderOptions, openMonitor } from '../monitor.ts';
import { writeOutput } from '../output-file.ts';
import { alertsForJson } from '../render/alerts.ts';
import { renderReport } from '../render/report.ts';
import { wrapText } from '../render/wrap.ts';
import { jsonText } from '../snake-case.ts';
import { print, safe } from '../terminal.ts';

export const report: CliCommand = {
  name: 'report',
  usesLedger: true,
  summary: 'Everything in one: metrics, the last 24 hours, alerts, causes and what to do; names nobody',
  args: [CSV_ARGUMENT],
  examples: [
    'rowtrail report people.csv',
    'rowtrail report people.csv --details --json',
    'rowtrail report people.csv --html report.html',
  ],
  options: (command) => {
    addFolderOptions(command);
    command
      .option('--details', 'list each failed download')
      .option('--html <file>', 'write it as one web page; replaces an .html file that is there');
  },
  run: async (context, args, options) => {
    const { terminal } = context;
    const csvPath = await csvPathOf(context, args[0]);
    const made = await openMonitor(context, csvPath).generateReport({
      includeDetails: options['details'] === true,
    });
    const file = options['html'];
    const isJson = options['json'] === true;
    if (typeof file !== 'string') {
      print(
        terminal,
        isJson ? jsonText({ ...made, alerts: alertsForJson(made.alerts) }) : renderReport(made, terminal),
      );
      return ExitCode.DONE;
    }
    await writeOutput(file, renderReportHtml(made), { csvPath, force: /\.html?$/i.test(file) });
    print(
      terminal,
      isJson
        ? jsonText({ file })
        : wrapText(`The report is in ${safe(file)}.`, { width: terminal.width.out }),
    );
    return ExitCode.DONE;
  },
};
