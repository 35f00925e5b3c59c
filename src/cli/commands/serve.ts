import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { getDownloadStatusSummary, resolvePlace } from '../../index.ts';
import { type CliCommand, type CommandContext, ExitCode } from '../command.ts';
import { columnMappingOf, trackerOptions } from '../columns.ts';
import { CSV_ARGUMENT, csvPathOf } from '../csv-argument.ts';
import { addFetchOptions, addPlanOptions } from '../run-options.ts';
import { schema } from '../settings/schema.ts';
import { settingsView } from '../settings/settings-view.ts';
import { jsonText } from '../snake-case.ts';
import { wrapText } from '../render/wrap.ts';
import { print, safe, say } from '../terminal.ts';

const PORT = 8787;
const HOST = '127.0.0.1';
/** From dist/program as from src/cli/commands: the folder of the package that holds bin/. */
const LAUNCHER = 'bin/rowtrail.js';
/** The server's own settings: a run has no use for them. */
const OWN = new Set(['port', 'host', 'token']);

export const serve: CliCommand = {
  name: 'serve',
  usesLedger: true,
  summary: 'Show the dashboard of a CSV in the browser: live, with every row, and start, pause and stop runs',
  args: [CSV_ARGUMENT],
  examples: [
    'rowtrail serve people.csv',
    'rowtrail serve people.csv --open',
    'rowtrail serve people.csv --port 9000 --concurrency 5',
    'rowtrail serve people.csv --host 0.0.0.0',
  ],
  options: (command) => {
    command
      .option('--port <n>', `where to listen (default ${PORT}; 0: any free port)`)
      .option('--host <address>', `the address to listen on (default ${HOST}); another one needs a token`)
      .option('--token <text>', 'what a browser has to bring (made and printed where one is needed)')
      .option('--open', 'open the page in the browser');
    addPlanOptions(command);
    addFetchOptions(command);
  },
  heedsSignal: true,
  tellsStop: true,
  run: async (context, args, options) => {
    const { terminal, settings, signal, cwd } = context;
    const csvPath = await csvPathOf(context, args[0]);
    // A CSV that cannot be used is refused here: the page would show nothing else.
    await getDownloadStatusSummary(csvPath, trackerOptions(context));
    // The server and its libraries are loaded by nobody else.
    const { startDashboard } = await import('../../dashboard/index.ts');
    await using dashboard = await startDashboard({
      csvPath,
      port: settings.port ?? PORT,
      host: settings.host ?? HOST,
      token: settings.token,
      columns: columnMappingOf(settings),
      store: settings.store,
      folders: {
        youtube: resolvePlace(settings.youtube_dir ?? 'youtube_downloads', cwd),
        drive: resolvePlace(settings.drive_dir ?? 'drive_downloads', cwd),
      },
      alerts: settings.alerts,
      retryAttempts: settings.retry_attempts,
      settings: settingsView(context, csvPath),
      run: {
        program: process.execPath,
        // On Node with the flags of this process: a program that is tied to another does not take its own.
        args: [...process.execArgv, launcher(), 'run', resolve(cwd, csvPath)],
        env: { ...context.env, ...flagsAsEnvironment(context) },
        cwd,
      },
    });
    print(
      terminal,
      options['json'] === true
        ? jsonText({ url: dashboard.url, token: dashboard.token })
        : `The dashboard of ${safe(csvPath)}: ${dashboard.url}`,
    );
    if (options['json'] !== true)
      say(terminal, terminal.err.dim('Ctrl-C ends it, and the run that was started from it.'));
    if (options['open'] === true) openBrowser(dashboard.url);
    if (!signal.aborted) await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
    if (dashboard.hasRun())
      say(
        terminal,
        terminal.err.dim(
          wrapText(
            'The run that was started here stops first: transfers end and the CSV is written. Ctrl-C once more ends at once.',
            {
              width: terminal.width.err,
            },
          ),
        ),
      );
    return ExitCode.DONE;
  },
};

function launcher(): string {
  // The files of dist/program/ and src/cli/commands/serve.ts are not equally deep.
  const up = import.meta.url.endsWith('.ts') ? '../../../' : '../../';
  return fileURLToPath(new URL(up + LAUNCHER, import.meta.url));
}

/** The flags that were typed here, for the runs that are started: in the environment nobody else sees a key. */
function flagsAsEnvironment({ program }: CommandContext): Record<string, string> {
  const command = program.commands.find((each) => each.name() === 'serve');
  return Object.fromEntries(
    Object.entries(command?.opts() ?? {})
      .filter(([key]) => (command as Command).getOptionValueSource(key) === 'cli')
      .map(
        ([key, value]) =>
          [key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), String(value)] as const,
      )
      .filter(([key]) => Object.hasOwn(schema.shape, key) && !OWN.has(key))
      .map(([key, value]) => [`ROWTRAIL_${key.toUpperCase()}`, value]),
  );
}

/** Where no browser can be opened, the address was printed. */
function openBrowser(url: string): void {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url];
  const child = spawn(program ?? 'xdg-open', args, { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
