import {
  DEFAULT_COLUMNS,
  ErrorSeverity,
  testErrorHandling,
  toErrorDict,
  validateCsvIntegrity,
  validateDownloadEnvironment,
} from '../../index.ts';
import { type CliCommand, type CommandContext, ExitCode } from '../command.ts';
import { columnMappingOf } from '../columns.ts';
import { type Answer, answerAll } from '../front-door.ts';
import { renderEnvironment } from '../render/environment.ts';
import { renderErrorHandling } from '../render/error-handling.ts';
import { renderIntegrity } from '../render/integrity.ts';
import { workflowOptionsOf } from '../run-options.ts';

export const errorHandling: CliCommand = {
  name: 'error-handling',
  summary:
    'Check by flags: a CSV, this machine, the error handling itself; ends with 4 when something is wrong',
  examples: [
    'rowtrail error-handling --validate-csv people.csv',
    'rowtrail error-handling --validate-environment --test-error-handling --json',
  ],
  options: (command) => {
    command
      .option('--validate-csv <path>', 'find everything that is wrong with a CSV, with line and column')
      .option('--validate-environment', 'check this machine: yt-dlp, ffmpeg, disk, folders, network')
      .option('--test-error-handling', 'make errors of every kind and see whether they are understood');
  },
  run: (context, _args, options) =>
    answerAll(context, options, [
      { flag: 'validateCsv', answer: (path) => validateCsv(String(path), context) },
      { flag: 'validateEnvironment', answer: () => validateEnvironment(context) },
      { flag: 'testErrorHandling', answer: () => Promise.resolve(selfTest(context)) },
    ]),
};

async function validateCsv(path: string, { settings, terminal }: CommandContext): Promise<Answer> {
  const columns = { ...DEFAULT_COLUMNS, ...columnMappingOf(settings) };
  const found = await validateCsvIntegrity(path, { columns });
  return {
    json: found.map(toErrorDict),
    text: renderIntegrity(found, path, terminal),
    // A row shorter than the header is said, but nothing is wrong with it.
    code: found.every(({ severity }) => severity === ErrorSeverity.INFO) ? ExitCode.DONE : ExitCode.FOUND,
  };
}

async function validateEnvironment({ settings, terminal, env }: CommandContext): Promise<Answer> {
  const { youtubeDir, driveDir, proxy, caCert } = workflowOptionsOf(settings);
  const found = await validateDownloadEnvironment({ youtubeDir, driveDir, proxy, caCert, env });
  return {
    json: found.map(toErrorDict),
    text: renderEnvironment(found, terminal),
    // A run works with an old yt-dlp, if not for long: `doctor` takes it so, too.
    code: found.every(({ severity }) => severity === ErrorSeverity.WARNING) ? ExitCode.DONE : ExitCode.FOUND,
  };
}

function selfTest({ terminal }: CommandContext): Answer {
  const checks = testErrorHandling();
  return {
    json: { checks },
    text: renderErrorHandling(checks, terminal),
    code: checks.every(({ ok }) => ok) ? ExitCode.DONE : ExitCode.FOUND,
  };
}
